/*
 * What may happen between clone3 and execve, where no managed code can run.
 *
 * Managed code fills one struct skerry_spawn (SpawnRequestWriter.cs mirrors it, an ABI test compares the two) and calls
 * skerry_clone. The child works on its own copy of that memory, so it may change it. It tells its parent about itself through a pipe:
 * one record when it is ready and waits at the gate, one when something failed, and end of file when the program runs.
 */
#ifndef SKERRY_SPAWN_H
#define SKERRY_SPAWN_H

#include <stdint.h>

/* Where the child is; SpawnStage.cs has the same values. */
enum skerry_stage {
    SKERRY_READY = 0,
    SKERRY_CLONE = 1,
    SKERRY_DESCRIPTORS = 2,
    SKERRY_CGROUP = 3,
    SKERRY_JOIN_NAMESPACE = 4,
    SKERRY_NEW_NAMESPACE = 5,
    SKERRY_SESSION = 6,
    SKERRY_HOST_NAME = 7,
    SKERRY_PROPAGATION = 8,
    SKERRY_ROOT_DIRECTORY = 9,
    SKERRY_MOUNT = 10,
    SKERRY_SYSCTL = 11,
    SKERRY_OOM_SCORE = 12,
    SKERRY_SWITCH_ROOT = 13,
    SKERRY_TERMINAL = 14,
    SKERRY_WORKING_DIRECTORY = 15,
    SKERRY_RESOURCE_LIMIT = 16,
    SKERRY_USER = 17,
    SKERRY_CAPABILITIES = 18,
    SKERRY_NO_NEW_PRIVILEGES = 19,
    SKERRY_PARENT_DEATH_SIGNAL = 20,
    SKERRY_FIND_PROGRAM = 21,
    SKERRY_SECCOMP = 22,
    SKERRY_EXEC = 23,
    SKERRY_RESTORE_NAMESPACE = 24,
};

enum skerry_mount_kind {
    SKERRY_STEP_MOUNT = 0,
    SKERRY_STEP_BIND = 1,
    SKERRY_STEP_PROPAGATION = 2,
    SKERRY_STEP_DEVICE = 3,
    SKERRY_STEP_SYMLINK = 4,
    SKERRY_STEP_MASK = 5,
    SKERRY_STEP_READ_ONLY = 6,
    SKERRY_STEP_DIRECTORY = 7,
    SKERRY_STEP_REMOUNT = 8,
};

enum skerry_option {
    SKERRY_NEW_SESSION = 1 << 0,
    SKERRY_CONTROLLING_TERMINAL = 1 << 1,
    SKERRY_ALLOCATE_TERMINAL = 1 << 2,
    SKERRY_OWN_STDIO = 1 << 3,
    SKERRY_NO_NEW_PRIVS = 1 << 4,
    SKERRY_BEST_EFFORT_LIMITS = 1 << 5,
    SKERRY_SET_UID = 1 << 6,
    SKERRY_SET_GID = 1 << 7,
    SKERRY_SET_GROUPS = 1 << 8,
    SKERRY_SET_CAPABILITIES = 1 << 9,
    SKERRY_SET_OOM_SCORE = 1 << 10,
    SKERRY_SET_UMASK = 1 << 11,
    SKERRY_ROOT_READ_ONLY = 1 << 12,
    SKERRY_PRIVATE_DUMP = 1 << 13,
};

struct skerry_report { int32_t stage, error, index, value; };
struct skerry_descriptor { int32_t source, target; };
struct skerry_join { uint64_t kinds; int32_t descriptor; int32_t reserved; };
struct skerry_limit { uint32_t resource, reserved; uint64_t soft, hard; };
struct skerry_sysctl { const char *file, *value; };

struct skerry_mount_step {
    const char *target, *source, *type, *data;
    uint64_t flags, propagation, tree_set, tree_clear;
    uint32_t kind, mode, major, minor, uid, gid;
};

struct skerry_spawn {
    /* The program. search_path is only used for a name without "/". */
    const char *program, *search_path, *working_directory;
    char *const *arguments, *const *environment;

    /* Descriptors: keep is sorted and holds every source below; the rest is closed first of all. */
    const int32_t *keep;
    struct skerry_descriptor *descriptors;
    uint32_t keep_count, descriptor_count;
    int32_t report, gate;

    /* Surroundings. late_namespaces begin after the cgroup is entered. */
    uint64_t namespaces, late_namespaces;
    struct skerry_join *joins;
    const char *const *cgroup_files;
    const char *host_name, *domain_name;
    const struct skerry_sysctl *sysctls;
    uint32_t join_count, cgroup_count, sysctl_count;
    int32_t oom_score;

    /* Files. detach lists what a moved root must not leave reachable beneath it. */
    const char *root;
    uint64_t propagation, root_propagation;
    const struct skerry_mount_step *steps;
    const char *const *detach;
    uint32_t step_count, detach_count;

    /* Rights. */
    uint64_t bounding, effective, inheritable, permitted, ambient;
    const struct skerry_limit *limits;
    const uint32_t *groups;
    const void *seccomp;
    uint32_t limit_count, group_count, seccomp_count, seccomp_flags;
    uint32_t uid, gid, umask;
    int32_t parent_death_signal;
    uint32_t options;

    /* The child's own notes. */
    int32_t root_descriptor, index, terminal, retry_directory;
};

/*
 * Clones the child. Returns its pid and stores its pidfd, or returns a negative errno with *stage set. pid_namespace is joined by the
 * calling thread just for the clone, own_pid_namespace is what it returns to; both are -1 where the child stays in ours. When the return
 * fails, *stage is SKERRY_RESTORE_NAMESPACE although there is a child: the thread must not clone again.
 */
int skerry_clone(struct skerry_spawn *request, int pid_namespace, int own_pid_namespace, int *pidfd, int *stage);

/* Sets a signal of this process to its default, whatever anyone else believes about it. Returns 0 or a negative errno. */
int skerry_default_signal(int number);

#endif
