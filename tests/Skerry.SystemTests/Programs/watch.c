/* watch DIRECTORY NAME FILE: waits by inotify(7) until something called NAME is made in DIRECTORY or moved there, then prints FILE. */
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char buffer[4096] __attribute__((aligned(8)));
    int fd = inotify_init1(IN_CLOEXEC);
    if (argc != 4 || inotify_add_watch(fd, argv[1], IN_CREATE | IN_MOVED_TO) < 0) {
        perror("inotify_add_watch");
        return 1;
    }

    puts("watching");
    fflush(stdout);
    for (;;) {
        ssize_t count = read(fd, buffer, sizeof buffer);
        for (char *at = buffer; at < buffer + count; at += sizeof(struct inotify_event) + ((struct inotify_event *)at)->len) {
            struct inotify_event *event = (struct inotify_event *)at;
            if (event->len > 0 && strcmp(event->name, argv[2]) == 0) {
                FILE *file = fopen(argv[3], "r");
                size_t size = file == NULL ? 0 : fread(buffer, 1, sizeof buffer - 1, file);
                printf("%s: %.*s\n", argv[2], (int)size, buffer);
                return size == 0;
            }
        }

        if (count <= 0) {
            perror("read");
            return 1;
        }
    }
}
