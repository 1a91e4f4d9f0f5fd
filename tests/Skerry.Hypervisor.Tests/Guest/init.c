/* The guest of the VM tests: loads the modules listed in /etc/modules, then does what "test=MODE" on the kernel's command
 * line says. In the modes with a channel it writes "ready\n" to the serial port and answers lines: "clock" with its
 * monotonic clock in ns, "read PATH" with a file's first line, anything else with the same line. */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void load_modules(void)
{
    char line[256];
    FILE *list = fopen("/etc/modules", "r");
    while (list && fgets(line, sizeof line, list)) {
        line[strcspn(line, " \n")] = 0;
        int file = open(line, O_RDONLY | O_CLOEXEC);
        if (syscall(SYS_finit_module, file, "", 0))
            printf("cannot load %s\n", line);
        close(file);
    }
}

static void find_mode(char *mode, size_t size)
{
    char line[2048] = "";
    FILE *parameters = fopen("/proc/cmdline", "r");
    if (parameters && fgets(line, sizeof line, parameters)) {
        char *at = strstr(line, "test=");
        snprintf(mode, size, "%.*s", at ? (int)strcspn(at + 5, " \n") : 0, at ? at + 5 : "");
    }
}

static int open_channel(void)
{
    for (int i = 0; i < 500; i++) {
        for (int port = 0; port < 4; port++) {
            char path[64], name[64] = "";
            snprintf(path, sizeof path, "/sys/class/virtio-ports/vport%dp1/name", port);
            FILE *file = fopen(path, "r");
            if (!file)
                continue;
            if (fgets(name, sizeof name, file) && !strcmp(name, "skerry.channel0\n")) {
                snprintf(path, sizeof path, "/dev/vport%dp1", port);
                return open(path, O_RDWR);
            }
        }
        poll(0, 0, 10);
    }
    return -1;
}

static void answer(int channel, char *line)
{
    char text[1024];
    if (!strcmp(line, "clock")) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        snprintf(text, sizeof text, "%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
    } else if (!strncmp(line, "read ", 5)) {
        char content[512] = "nothing";
        FILE *file = fopen(line + 5, "r");
        if (file && fgets(content, sizeof content, file))
            content[strcspn(content, "\n")] = 0;
        snprintf(text, sizeof text, "%s\n", content);
    } else {
        snprintf(text, sizeof text, "%s\n", line);
    }
    write(channel, text, strlen(text));
}

static void serve(int channel, int flood)
{
    char line[512], noise[512];
    size_t length = 0;
    memset(noise, 'x', sizeof noise - 1);
    noise[sizeof noise - 1] = '\n';
    write(channel, "ready\n", 6);
    for (;;) {
        struct pollfd ready = {channel, POLLIN, 0};
        if (flood)
            write(1, noise, sizeof noise);
        if (poll(&ready, 1, flood ? 0 : -1) < 1)
            continue;
        if (read(channel, line + length, 1) != 1)
            continue;
        if (line[length] == '\n') {
            line[length] = 0;
            answer(channel, line);
            length = 0;
        } else if (++length == sizeof line) {
            length = 0;
        }
    }
}

int main(void)
{
    char mode[64] = "";
    setvbuf(stdout, 0, _IONBF, 0);
    mkdir("/proc", 0755);
    mkdir("/sys", 0755);
    mount("proc", "/proc", "proc", 0, 0);
    mount("sysfs", "/sys", "sysfs", 0, 0);
    mount("devtmpfs", "/dev", "devtmpfs", 0, 0);
    find_mode(mode, sizeof mode);
    if (!strcmp(mode, "panic"))
        return 3;
    if (!strcmp(mode, "poweroff"))
        reboot(RB_POWER_OFF);
    if (!strcmp(mode, "reset"))
        reboot(RB_AUTOBOOT);
    if (!strcmp(mode, "silent"))
        for (;;)
            pause();
    load_modules();
    if (!strcmp(mode, "share")) {
        mkdir("/share", 0755);
        if (mount("kataShared", "/share", "virtiofs", 0, 0))
            perror("mount kataShared");
    }
    serve(open_channel(), !strcmp(mode, "flood"));
}
