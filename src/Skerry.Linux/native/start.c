#include <stdint.h>
#include <time.h>

static int64_t started;

/* Runs before main, and so before the managed runtime, whose own start takes tens of milliseconds in an emulated guest. */
__attribute__((constructor)) static void note_start(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_BOOTTIME, &now) == 0) {
        started = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    }
}

int64_t skerry_started_ns(void)
{
    return started;
}
