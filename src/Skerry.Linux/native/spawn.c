#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's mask of 64 signals; glibc's functions would leave out the two it keeps for itself. */
static void set_signal_mask(uint64_t mask, uint64_t *before)
{
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, before, sizeof mask);
}

static int clone_child(struct skerry_spawn *request, int *pidfd)
{
    struct clone_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags = request->namespaces | CLONE_PIDFD;
    arguments.pidfd = (uint64_t)(uintptr_t)pidfd;
    arguments.exit_signal = SIGCHLD;
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == 0) {
        skerry_child(request);
    }

    return pid < 0 ? -errno : (int)pid;
}

int skerry_clone(struct skerry_spawn *request, int pid_namespace, int own_pid_namespace, int *pidfd, int *stage)
{
    uint64_t before;
    *stage = SKERRY_JOIN_NAMESPACE;
    set_signal_mask(~0ull, &before);
    int pid = pid_namespace >= 0 && setns(pid_namespace, CLONE_NEWPID) < 0 ? -errno : 0;
    if (pid == 0) {
        *stage = SKERRY_CLONE;
        pid = clone_child(request, pidfd);
        if (pid_namespace >= 0 && setns(own_pid_namespace, CLONE_NEWPID) < 0) {
            *stage = SKERRY_RESTORE_NAMESPACE;
        }
    }

    set_signal_mask(before, NULL);
    return pid;
}

int skerry_default_signal(int number)
{
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    return sigaction(number, &standard, NULL) < 0 ? -errno : 0;
}
