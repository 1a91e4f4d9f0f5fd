/* The bare guest of the benchmarks, PID 1 in the place of our agent. It says on the console that /init runs, and
 * for how long the kernel's clock has been running. With "bench=channel"
 * on the kernel's command line it also loads the modules listed in /etc/modules, opens the serial port of the guest channel, writes
 * 'R' there, and serves: on 'T' it writes TRANSFER bytes as fast as it can, every other byte goes back as it came. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TRANSFER (64u << 20)
#define CHUNK (32u << 10)

static int wants_channel(void)
{
    char line[2048] = "";
    FILE *parameters = fopen("/proc/cmdline", "r");
    return parameters && fgets(line, sizeof line, parameters) && strstr(line, "bench=channel");
}

static void load_modules(void)
{
    char line[512];
    FILE *list = fopen("/etc/modules", "r");
    while (list && fgets(line, sizeof line, list)) {
        line[strcspn(line, " \n")] = 0;
        int file = open(line, O_RDONLY | O_CLOEXEC);
        if (syscall(SYS_finit_module, file, "", 0))
            printf("cannot load %s\n", line);
        close(file);
    }
}

/* The kernel announces ports one by one after the module is loaded, and nobody tells PID 1: look every millisecond. */
static int open_channel(void)
{
    for (;;) {
        for (int device = 0; device < 4; device++) {
            char path[64], name[64] = "";
            snprintf(path, sizeof path, "/sys/class/virtio-ports/vport%dp1/name", device);
            FILE *file = fopen(path, "r");
            if (!file)
                continue;
            int ours = fgets(name, sizeof name, file) && !strcmp(name, "skerry.channel0\n");
            fclose(file);
            snprintf(path, sizeof path, "/dev/vport%dp1", device);
            if (ours)
                return open(path, O_RDWR | O_CLOEXEC);
        }
        poll(0, 0, 1);
    }
}

static void write_all(int channel, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(channel, bytes, count);
        if (written <= 0)
            return;
        bytes += written;
        count -= written;
    }
}

static void serve(int channel)
{
    static char bytes[CHUNK], zeros[CHUNK];
    write_all(channel, "R", 1);
    for (;;) {
        ssize_t count = read(channel, bytes, sizeof bytes);
        if (count <= 0)
            poll(0, 0, 1);
        else if (bytes[0] == 'T')
            for (unsigned sent = 0; sent < TRANSFER; sent += CHUNK)
                write_all(channel, zeros, CHUNK);
        else
            write_all(channel, bytes, count);
    }
}

int main(void)
{
    setvbuf(stdout, 0, _IONBF, 0);
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    printf("bench: init runs at %ld us\n", now.tv_sec * 1000000L + now.tv_nsec / 1000);
    mount("proc", "/proc", "proc", 0, 0);
    mount("sysfs", "/sys", "sysfs", 0, 0);
    mount("devtmpfs", "/dev", "devtmpfs", 0, 0);
    if (wants_channel()) {
        load_modules();
        serve(open_channel());
    }
    for (;;)
        pause();
}
