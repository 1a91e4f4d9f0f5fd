#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

enum { EXIT_FAILED = 127, EXIT_ABANDONED = 126, SIGNALS = 64 };

/* struct sigaction of the kernel, which glibc's differs from. */
struct kernel_action { void *handler; unsigned long flags; void *restorer; uint64_t mask; };

static void report(const struct skerry_spawn *request, int stage, int error, int value)
{
    struct skerry_report record = { stage, error, request->index, value };
    ssize_t written;
    do {
        written = write(request->report, &record, sizeof record);
    } while (written < 0 && errno == EINTR);
}

_Noreturn static void fail(const struct skerry_spawn *request, int stage)
{
    report(request, stage, errno, 0);
    _exit(EXIT_FAILED);
}

void skerry_descriptor_path(char path[32], int descriptor)
{
    char digits[12];
    int count = 0;
    do {
        digits[count++] = (char)('0' + descriptor % 10);
        descriptor /= 10;
    } while (descriptor > 0);

    char *end = stpcpy(path, "/proc/self/fd/");
    while (count > 0) {
        *end++ = digits[--count];
    }

    *end = 0;
}

int skerry_write_file(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) {
        return -1;
    }

    ssize_t written = write(file, text, strlen(text));
    int error = errno;
    close(file);
    errno = error;
    return written < 0 ? -1 : 0;
}

/* Handlers first, then the mask: a signal that waits must not run a handler of the managed parent in here. */
static int reset_signals(struct skerry_spawn *request)
{
    (void)request;
    struct kernel_action standard;
    memset(&standard, 0, sizeof standard);
    for (int number = 1; number <= SIGNALS; number++) {
        syscall(SYS_rt_sigaction, number, &standard, NULL, sizeof(uint64_t));
    }

    uint64_t none = 0;
    return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}

/* At once, not by close-on-exec: a child that waits at the gate must not hold other containers' pipes open. */
static int close_others(struct skerry_spawn *request)
{
    unsigned int next = 0;
    for (uint32_t i = 0; i < request->keep_count; i++) {
        unsigned int kept = (unsigned int)request->keep[i];
        if (kept > next && syscall(SYS_close_range, next, kept - 1, 0) < 0) {
            return -1;
        }

        next = kept + 1;
    }

    return (int)syscall(SYS_close_range, next, ~0u, 0);
}

static int move_above(int32_t *descriptor, int lowest)
{
    if (*descriptor < 0) {
        return 0;
    }

    *descriptor = fcntl(*descriptor, F_DUPFD_CLOEXEC, lowest);
    return *descriptor < 0 ? -1 : 0;
}

/* Everything moves above the highest target first, so that no target overwrites what is still needed. */
static int arrange_descriptors(struct skerry_spawn *request)
{
    int lowest = 3;
    for (uint32_t i = 0; i < request->descriptor_count; i++) {
        int target = request->descriptors[i].target;
        lowest = target >= lowest ? target + 1 : lowest;
    }

    if (move_above(&request->report, lowest) < 0 || move_above(&request->gate, lowest) < 0) {
        return -1;
    }

    for (uint32_t i = 0; i < request->join_count; i++) {
        if (move_above(&request->joins[i].descriptor, lowest) < 0) {
            return -1;
        }
    }

    for (uint32_t i = 0; i < request->descriptor_count; i++) {
        if (move_above(&request->descriptors[i].source, lowest) < 0) {
            return -1;
        }
    }

    return syscall(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC) < 0 ? -1 : 0;
}

static int place_descriptors(struct skerry_spawn *request)
{
    if (close_others(request) < 0 || arrange_descriptors(request) < 0) {
        return -1;
    }

    for (uint32_t i = 0; i < request->descriptor_count; i++) {
        request->index = (int32_t)i;
        if (dup2(request->descriptors[i].source, request->descriptors[i].target) < 0) {
            return -1;
        }
    }

    return 0;
}

static int enter_cgroups(struct skerry_spawn *request)
{
    for (uint32_t i = 0; i < request->cgroup_count; i++) {
        request->index = (int32_t)i;
        if (skerry_write_file(request->cgroup_files[i], "0") < 0) {
            return -1;
        }
    }

    return 0;
}

static int join_namespaces(struct skerry_spawn *request)
{
    /* Not traceable by processes of the namespaces it enters, until execve. */
    if ((request->options & SKERRY_PRIVATE_DUMP) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) {
        return -1;
    }

    for (uint32_t i = 0; i < request->join_count; i++) {
        request->index = (int32_t)i;
        if (setns(request->joins[i].descriptor, (int)request->joins[i].kinds) < 0) {
            return -1;
        }
    }

    return 0;
}

static int begin_late_namespaces(struct skerry_spawn *request)
{
    return request->late_namespaces ? unshare((int)request->late_namespaces) : 0;
}

static int begin_session(struct skerry_spawn *request)
{
    return request->options & SKERRY_NEW_SESSION ? (setsid() < 0 ? -1 : 0) : 0;
}

static int set_names(struct skerry_spawn *request)
{
    if (request->host_name && sethostname(request->host_name, strlen(request->host_name)) < 0) {
        return -1;
    }

    return request->domain_name ? setdomainname(request->domain_name, strlen(request->domain_name)) : 0;
}

static int set_propagation(struct skerry_spawn *request)
{
    return request->propagation ? mount(NULL, "/", NULL, request->propagation, NULL) : 0;
}

static int open_root(struct skerry_spawn *request)
{
    /* Onto itself: only a mount can become the root. */
    if (request->root && mount(request->root, request->root, NULL, MS_BIND | MS_REC, NULL) < 0) {
        return -1;
    }

    if (request->root || request->step_count > 0) {
        request->root_descriptor = open(request->root ? request->root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        return request->root_descriptor < 0 ? -1 : 0;
    }

    return 0;
}

static int write_sysctls(struct skerry_spawn *request)
{
    for (uint32_t i = 0; i < request->sysctl_count; i++) {
        request->index = (int32_t)i;
        if (skerry_write_file(request->sysctls[i].file, request->sysctls[i].value) < 0) {
            return -1;
        }
    }

    return 0;
}

static int set_oom_score(struct skerry_spawn *request)
{
    if (!(request->options & SKERRY_SET_OOM_SCORE)) {
        return 0;
    }

    char text[8];
    char *end = text + sizeof text;
    unsigned int rest = (unsigned int)(request->oom_score < 0 ? -request->oom_score : request->oom_score);
    *--end = 0;
    do {
        *--end = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0 && end > text + 1);

    if (request->oom_score < 0) {
        *--end = '-';
    }

    int result = skerry_write_file("/proc/self/oom_score_adj", end);
    return result < 0 && errno == EACCES && (request->options & SKERRY_BEST_EFFORT_LIMITS) ? 0 : result;
}

/* The console belongs to the container's own devpts, so that /dev/pts and ttyname(3) agree inside. */
static int allocate_terminal(struct skerry_spawn *request)
{
    int unlocked = 0;
    request->terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (request->terminal < 0 || ioctl(request->terminal, TIOCSPTLCK, &unlocked) < 0) {
        return -1;
    }

    int slave = ioctl(request->terminal, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) {
        return -1;
    }

    for (int target = 0; target <= 2; target++) {
        if (dup2(slave, target) < 0) {
            return -1;
        }
    }

    if (!request->root) {
        return 0;
    }

    int console = open("/dev/console", O_CREAT | O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0666);
    if (console >= 0) {
        close(console);
    }

    char path[32];
    skerry_descriptor_path(path, slave);
    return mount(path, "/dev/console", NULL, MS_BIND, NULL);
}

static int set_up_terminal(struct skerry_spawn *request)
{
    request->terminal = -1;
    if ((request->options & SKERRY_ALLOCATE_TERMINAL) && allocate_terminal(request) < 0) {
        return -1;
    }

    return request->options & SKERRY_CONTROLLING_TERMINAL ? ioctl(0, TIOCSCTTY, 0) : 0;
}

/* So that the user can open /dev/stdout and the like again; what cannot be given away is left as it is. */
static int give_stdio_to_user(struct skerry_spawn *request)
{
    for (int number = 0; number <= 2 && (request->options & SKERRY_OWN_STDIO); number++) {
        struct stat status;
        int is_null = fstat(number, &status) < 0 || (S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3));
        if (!is_null && status.st_uid != request->uid && fchown(number, request->uid, (gid_t)-1) < 0
            && errno != EPERM && errno != EINVAL && errno != EROFS) {
            return -1;
        }
    }

    return 0;
}

/* A directory outside the root would be a way out: the kernel then names it "(unreachable)". */
static int enter_directory(const char *directory)
{
    char current[PATH_MAX];
    if (chdir(directory) < 0 || syscall(SYS_getcwd, current, sizeof current) < 0) {
        return -1;
    }

    errno = ENOENT;
    return current[0] == '/' ? 0 : -1;
}

static int set_working_directory(struct skerry_spawn *request)
{
    if (request->working_directory && enter_directory(request->working_directory) < 0) {
        /* The user may see what root does not, as on NFS: once more later. */
        request->retry_directory = errno == EACCES || errno == EPERM;
        return request->retry_directory ? 0 : -1;
    }

    return 0;
}

static int set_working_directory_as_user(struct skerry_spawn *request)
{
    return request->retry_directory ? enter_directory(request->working_directory) : 0;
}

static int set_umask(struct skerry_spawn *request)
{
    if (request->options & SKERRY_SET_UMASK) {
        umask(request->umask);
    }

    return 0;
}

static int set_no_new_privileges(struct skerry_spawn *request)
{
    return request->options & SKERRY_NO_NEW_PRIVS ? prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) : 0;
}

/*
 * After the change of user, which clears the signal. A parent that ended before has closed its end of the report pipe, in whatever pid
 * namespace it lives, where getppid would tell nothing.
 */
static int set_parent_death_signal(struct skerry_spawn *request)
{
    if (!request->parent_death_signal) {
        return 0;
    }

    struct pollfd watched = { request->report, 0, 0 };
    if (prctl(PR_SET_PDEATHSIG, request->parent_death_signal, 0, 0, 0) < 0 || poll(&watched, 1, 0) < 0) {
        return -1;
    }

    if (watched.revents & POLLERR) {
        _exit(EXIT_ABANDONED);
    }

    return 0;
}

static int check_program(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0) {
        return -1;
    }

    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return -1;
    }

    /* An older kernel or a filter may refuse the question: then execve answers it. */
    int result = (int)syscall(SYS_faccessat2, AT_FDCWD, path, X_OK, AT_EACCESS);
    return result < 0 && (errno == ENOSYS || errno == EPERM) ? 0 : result;
}

/* Stores the first directory of *list, with a slash and the name, in path, and moves *list behind it. */
static int next_candidate(const char **list, const char *name, char path[PATH_MAX])
{
    size_t length = strcspn(*list, ":");
    const char *directory = *list;
    *list += length + ((*list)[length] == ':');
    if (length + strlen(name) + 2 > PATH_MAX) {
        return -1;
    }

    char *end = length == 0 ? stpcpy(path, ".") : (char *)memcpy(path, directory, length) + length;
    *end++ = '/';
    stpcpy(end, name);
    return 0;
}

/* Before the gate, so that a wrong command fails the creation and not the start. */
static int find_program(struct skerry_spawn *request)
{
    static char found[PATH_MAX];
    if (!request->search_path || strchr(request->program, '/') || !request->program[0]) {
        return check_program(request->program);
    }

    const char *list = request->search_path;
    int error = ENOENT;
    while (*list) {
        if (next_candidate(&list, request->program, found) < 0) {
            continue;
        }

        if (check_program(found) == 0) {
            request->program = found;
            return 0;
        }

        error = errno == EACCES ? EACCES : error;
    }

    errno = error;
    return -1;
}

static void wait_at_gate(struct skerry_spawn *request)
{
    if (request->gate < 0) {
        return;
    }

    char go;
    ssize_t count;
    report(request, SKERRY_READY, 0, request->terminal);
    do {
        count = read(request->gate, &go, 1);
    } while (count < 0 && errno == EINTR);

    if (count != 1) {
        _exit(EXIT_ABANDONED);
    }
}

struct step { int stage; int (*run)(struct skerry_spawn *); };

/* The whole path of a child, in order. */
static const struct step before_gate[] = {
    { SKERRY_CLONE, reset_signals },
    { SKERRY_DESCRIPTORS, place_descriptors },
    { SKERRY_CGROUP, enter_cgroups },
    { SKERRY_JOIN_NAMESPACE, join_namespaces },
    { SKERRY_NEW_NAMESPACE, begin_late_namespaces },
    { SKERRY_SESSION, begin_session },
    { SKERRY_HOST_NAME, set_names },
    { SKERRY_PROPAGATION, set_propagation },
    { SKERRY_ROOT_DIRECTORY, open_root },
    { SKERRY_MOUNT, skerry_run_mount_steps },
    { SKERRY_SYSCTL, write_sysctls },
    { SKERRY_OOM_SCORE, set_oom_score },
    { SKERRY_SWITCH_ROOT, skerry_switch_root },
    { SKERRY_TERMINAL, set_up_terminal },
    { SKERRY_TERMINAL, give_stdio_to_user },
    { SKERRY_WORKING_DIRECTORY, set_working_directory },
    { SKERRY_DESCRIPTORS, set_umask },
    { SKERRY_RESOURCE_LIMIT, skerry_set_limits },
    { SKERRY_SECCOMP, skerry_filter_before_user },
    { SKERRY_CAPABILITIES, skerry_drop_bounding },
    { SKERRY_USER, skerry_switch_user },
    { SKERRY_CAPABILITIES, skerry_set_capabilities },
    { SKERRY_WORKING_DIRECTORY, set_working_directory_as_user },
    { SKERRY_NO_NEW_PRIVILEGES, set_no_new_privileges },
    { SKERRY_PARENT_DEATH_SIGNAL, set_parent_death_signal },
    { SKERRY_FIND_PROGRAM, find_program },
};

_Noreturn void skerry_child(struct skerry_spawn *request)
{
    for (size_t i = 0; i < sizeof before_gate / sizeof before_gate[0]; i++) {
        request->index = -1;
        if (before_gate[i].run(request) < 0) {
            fail(request, before_gate[i].stage);
        }
    }

    request->index = -1;
    wait_at_gate(request);
    if (skerry_filter_before_exec(request) < 0) {
        fail(request, SKERRY_SECCOMP);
    }

    execve(request->program, request->arguments, request->environment);
    fail(request, SKERRY_EXEC);
}
