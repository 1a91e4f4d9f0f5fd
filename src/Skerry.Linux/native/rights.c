/* What a child may do: limits, user, capabilities, seccomp. System calls are made directly: glibc's functions would reach for other threads. */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CAPABILITY_BITS = 64 };

static int set_limit_as_far_as_allowed(uint32_t resource, struct rlimit64 *wanted)
{
    struct rlimit64 current;
    if (syscall(SYS_prlimit64, 0, resource, NULL, &current) < 0) {
        return -1;
    }

    wanted->rlim_max = wanted->rlim_max < current.rlim_max ? wanted->rlim_max : current.rlim_max;
    wanted->rlim_cur = wanted->rlim_cur < wanted->rlim_max ? wanted->rlim_cur : wanted->rlim_max;
    return (int)syscall(SYS_prlimit64, 0, resource, wanted, NULL);
}

int skerry_set_limits(struct skerry_spawn *request)
{
    for (uint32_t i = 0; i < request->limit_count; i++) {
        const struct skerry_limit *limit = &request->limits[i];
        struct rlimit64 wanted = { limit->soft, limit->hard };
        request->index = (int32_t)i;
        long result = syscall(SYS_prlimit64, 0, limit->resource, &wanted, NULL);
        if (result < 0 && errno == EPERM && (request->options & SKERRY_BEST_EFFORT_LIMITS)) {
            result = set_limit_as_far_as_allowed(limit->resource, &wanted);
        }

        if (result < 0) {
            return -1;
        }
    }

    return 0;
}

int skerry_drop_bounding(struct skerry_spawn *request)
{
    if (!(request->options & SKERRY_SET_CAPABILITIES)) {
        return 0;
    }

    for (int bit = 0; bit < CAPABILITY_BITS && prctl(PR_CAPBSET_READ, bit, 0, 0, 0) >= 0; bit++) {
        request->index = bit;
        if (!(request->bounding >> bit & 1) && prctl(PR_CAPBSET_READ, bit, 0, 0, 0) == 1 && prctl(PR_CAPBSET_DROP, bit, 0, 0, 0) < 0) {
            return -1;
        }
    }

    request->index = -1;
    return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
}

int skerry_switch_user(struct skerry_spawn *request)
{
    if ((request->options & SKERRY_SET_GROUPS) && syscall(SYS_setgroups, request->group_count, request->groups) < 0) {
        return -1;
    }

    if ((request->options & SKERRY_SET_GID) && syscall(SYS_setresgid, request->gid, request->gid, request->gid) < 0) {
        return -1;
    }

    if ((request->options & SKERRY_SET_UID) && syscall(SYS_setresuid, request->uid, request->uid, request->uid) < 0) {
        return -1;
    }

    return 0;
}

static int raise_ambient(struct skerry_spawn *request)
{
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) {
        return -1;
    }

    for (int bit = 0; bit < CAPABILITY_BITS; bit++) {
        request->index = bit;
        if ((request->ambient >> bit & 1) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit, 0, 0) < 0) {
            return -1;
        }
    }

    request->index = -1;
    return 0;
}

int skerry_set_capabilities(struct skerry_spawn *request)
{
    if (!(request->options & SKERRY_SET_CAPABILITIES)) {
        return 0;
    }

    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct sets[2] = {
        { (uint32_t)request->effective, (uint32_t)request->permitted, (uint32_t)request->inheritable },
        { (uint32_t)(request->effective >> 32), (uint32_t)(request->permitted >> 32), (uint32_t)(request->inheritable >> 32) },
    };
    if (syscall(SYS_capset, &header, sets) < 0) {
        return -1;
    }

    return raise_ambient(request) < 0 ? -1 : prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
}

static int filter(const struct skerry_spawn *request)
{
    struct sock_fprog program = { (unsigned short)request->seccomp_count, (struct sock_filter *)request->seccomp };
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, request->seccomp_flags, &program);
}

/* Without no_new_privs the kernel wants CAP_SYS_ADMIN, which the change of user takes away; with it, the later the fewer calls are ours. */
int skerry_filter_before_user(struct skerry_spawn *request)
{
    return request->seccomp_count > 0 && !(request->options & SKERRY_NO_NEW_PRIVS) ? filter(request) : 0;
}

int skerry_filter_before_exec(struct skerry_spawn *request)
{
    return request->seccomp_count > 0 && (request->options & SKERRY_NO_NEW_PRIVS) ? filter(request) : 0;
}
