/* The file systems of a child: mount points are resolved and made under its new root, so that no link in there leads out of it. */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { MAX_LINKS = 40, MAX_RACES = 128, KEPT_FLAGS = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC };

/* The flags of a step that only concern how a bind is made, not the mount that comes of it. */
static const uint64_t bind_flags = MS_BIND | MS_REC | MS_REMOUNT | MS_SILENT;

static int open_in_root(int root, const char *path)
{
    struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
    const char *relative = path + strspn(path, "/");
    long result;
    int races = 0;
    do {
        result = syscall(SYS_openat2, root, *relative ? relative : ".", &how, sizeof how);
    } while (result < 0 && (errno == EINTR || (errno == EAGAIN && ++races < MAX_RACES)));

    return (int)result;
}

static void close_quietly(int descriptor)
{
    int error = errno;
    close(descriptor);
    errno = error;
}

/* Replaces the component [start, end) of path, a link that leads nowhere yet, by its text. */
static int splice_link(char path[PATH_MAX], size_t start, size_t end, const char *text, size_t length)
{
    char whole[PATH_MAX];
    size_t kept = text[0] == '/' ? 0 : start;
    size_t rest = strlen(path + end);
    if (kept + length + rest + 1 > PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }

    memcpy(whole, path, kept);
    memcpy(whole + kept, text, length);
    memcpy(whole + kept + length, path + end, rest + 1);
    memcpy(path, whole, kept + length + rest + 1);
    return 0;
}

/* Makes one missing component; 1 when it was a dangling link, and the path now goes where that link leads. */
static int make_component(int root, char path[PATH_MAX], size_t start, size_t end, int directory)
{
    char name[NAME_MAX + 1], text[PATH_MAX], saved = path[start];
    size_t length = end - start;
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }

    memcpy(name, path + start, length);
    name[length] = 0;
    path[start] = 0;
    int parent = open_in_root(root, path);
    path[start] = saved;
    if (parent < 0) {
        return -1;
    }

    int result;
    ssize_t link = readlinkat(parent, name, text, sizeof text);
    if (link >= 0) {
        result = splice_link(path, start, end, text, (size_t)link) < 0 ? -1 : 1;
    } else if (directory) {
        result = mkdirat(parent, name, 0755);
    } else {
        result = mknodat(parent, name, S_IFREG | 0644, 0);
    }

    close_quietly(parent);
    return result < 0 && errno == EEXIST ? 0 : result;
}

/* Opens target under root; what is missing on the way is made, the last component as a directory or as an empty file. */
static int make_in_root(int root, const char *target, int directory)
{
    char path[PATH_MAX];
    if (strlen(target) >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }

    stpcpy(path, target);
    size_t end = 0;
    int opened = -1;
    for (int links = 0, rounds = 0; links < MAX_LINKS && rounds < PATH_MAX; rounds++) {
        size_t start = end + strspn(path + end, "/");
        if (!path[start]) {
            return opened >= 0 ? opened : open_in_root(root, path);
        }

        end = start + strcspn(path + start, "/");
        char saved = path[end];
        path[end] = 0;
        if (opened >= 0) {
            close(opened);
        }

        opened = open_in_root(root, path);
        path[end] = saved;
        if (opened >= 0) {
            continue;
        }

        int last = !path[end + strspn(path + end, "/")];
        int made = errno == ENOENT ? make_component(root, path, start, end, directory || !last) : -1;
        if (made < 0) {
            return -1;
        }

        links += made;
        end = made ? 0 : start;
    }

    if (opened >= 0) {
        close(opened);
    }

    errno = ELOOP;
    return -1;
}

static int mount_at(const char *source, int target, const char *type, uint64_t flags, const char *data)
{
    char path[32];
    skerry_descriptor_path(path, target);
    return mount(source, path, type, flags, data);
}

/* Changes the mount that now covers a step's target; it is opened again, since the first descriptor lies beneath. */
static int change_mount(const struct skerry_spawn *request, const char *target, uint64_t flags)
{
    int top = open_in_root(request->root_descriptor, target);
    if (top < 0) {
        return -1;
    }

    int result = mount_at(NULL, top, NULL, flags, NULL);
    close_quietly(top);
    return result;
}

/* Attributes of the mount that now covers a step's target and of all mounts below it. */
static int change_tree(const struct skerry_spawn *request, const struct skerry_mount_step *step)
{
    struct mount_attr attributes = { .attr_set = step->tree_set, .attr_clr = step->tree_clear };
    if (!attributes.attr_set && !attributes.attr_clr) {
        return 0;
    }

    int top = open_in_root(request->root_descriptor, step->target);
    if (top < 0) {
        return -1;
    }

    long result = syscall(SYS_mount_setattr, top, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes);
    close_quietly(top);
    return (int)result;
}

static int keep_flags(int descriptor, uint64_t *flags)
{
    struct statfs status;
    if (fstatfs(descriptor, &status) < 0) {
        return -1;
    }

    *flags |= (uint64_t)status.f_flags & KEPT_FLAGS;
    return 0;
}

static int do_mount(const struct skerry_spawn *request, const struct skerry_mount_step *step)
{
    int target = make_in_root(request->root_descriptor, step->target, 1);
    if (target < 0) {
        return -1;
    }

    int result = mount_at(step->source, target, step->type, step->flags, step->data);
    close_quietly(target);
    result = result < 0 ? -1 : change_tree(request, step);
    return result < 0 || !step->propagation ? result : change_mount(request, step->target, step->propagation);
}

static int do_bind(const struct skerry_spawn *request, const struct skerry_mount_step *step)
{
    struct stat status;
    if (stat(step->source, &status) < 0) {
        return -1;
    }

    int target = make_in_root(request->root_descriptor, step->target, S_ISDIR(status.st_mode));
    if (target < 0) {
        return -1;
    }

    int result = mount_at(step->source, target, NULL, MS_BIND | (step->flags & MS_REC), NULL);
    close_quietly(target);
    uint64_t flags = step->flags & ~bind_flags;
    if (result == 0 && flags) {
        result = change_mount(request, step->target, MS_REMOUNT | MS_BIND | flags);
    }

    result = result < 0 ? -1 : change_tree(request, step);
    return result < 0 || !step->propagation ? result : change_mount(request, step->target, step->propagation);
}

/* Splits the last component off; the parent is made where it is missing. */
static int open_parent(const struct skerry_spawn *request, const char *target, char name[NAME_MAX + 1])
{
    char parent[PATH_MAX];
    const char *last = strrchr(target, '/');
    const char *base = last ? last + 1 : target;
    if (strlen(target) >= sizeof parent || strlen(base) > NAME_MAX || !*base) {
        errno = *base ? ENAMETOOLONG : EINVAL;
        return -1;
    }

    stpcpy(name, base);
    size_t length = (size_t)(base - target);
    memcpy(parent, target, length);
    parent[length] = 0;
    return make_in_root(request->root_descriptor, parent, 1);
}

static int is_same_device(int parent, const char *name, const struct skerry_mount_step *step)
{
    struct stat status;
    return fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && (status.st_mode & S_IFMT) == (step->mode & S_IFMT)
        && (!(S_ISCHR(step->mode) || S_ISBLK(step->mode)) || status.st_rdev == makedev(step->major, step->minor));
}

static int make_device(int parent, const char *name, const struct skerry_mount_step *step)
{
    if (mknodat(parent, name, step->mode, makedev(step->major, step->minor)) < 0
        && !(errno == EEXIST && is_same_device(parent, name, step))) {
        return -1;
    }

    /* mknod is cut by the umask. */
    return fchmodat(parent, name, step->mode & 07777, 0) < 0 ? -1 : fchownat(parent, name, step->uid, step->gid, AT_SYMLINK_NOFOLLOW);
}

/* Where nodes cannot be made, the parent's own node is shown. */
static int do_device(const struct skerry_spawn *request, const struct skerry_mount_step *step)
{
    char name[NAME_MAX + 1];
    int parent = open_parent(request, step->target, name);
    if (parent < 0) {
        return -1;
    }

    int result = make_device(parent, name, step);
    close_quietly(parent);
    if (result == 0 || errno != EPERM || !step->source) {
        return result;
    }

    int target = make_in_root(request->root_descriptor, step->target, 0);
    if (target < 0) {
        return -1;
    }

    result = mount_at(step->source, target, NULL, MS_BIND, NULL);
    close_quietly(target);
    return result;
}

static int do_symlink(const struct skerry_spawn *request, const struct skerry_mount_step *step)
{
    char name[NAME_MAX + 1], text[PATH_MAX];
    int parent = open_parent(request, step->target, name);
    if (parent < 0) {
        return -1;
    }

    int result = symlinkat(step->source, parent, name);
    if (result < 0 && errno == EEXIST) {
        size_t expected = strlen(step->source);
        ssize_t length = readlinkat(parent, name, text, sizeof text);
        errno = EEXIST;
        result = length >= 0 && (size_t)length == expected && memcmp(text, step->source, expected) == 0 ? 0 : -1;
    }

    close_quietly(parent);
    return result;
}

/* A path this kernel does not have needs no cover. */
static int open_existing(const struct skerry_spawn *request, const char *path, int *missing)
{
    int target = open_in_root(request->root_descriptor, path);
    *missing = target < 0 && (errno == ENOENT || errno == ENOTDIR);
    return target;
}

/* The container's own null device covers a file: what it does to it stays its own. The guest's is for a container without one. */
static int bind_null(const struct skerry_spawn *request, int target)
{
    struct stat status;
    int null = open_in_root(request->root_descriptor, "/dev/null");
    int usable = null >= 0 && fstat(null, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
    char path[32];
    if (usable) {
        skerry_descriptor_path(path, null);
    }

    int result = mount_at(usable ? path : "/dev/null", target, NULL, MS_BIND, NULL);
    if (null >= 0) {
        close_quietly(null);
    }

    return result;
}

static int do_mask(const struct skerry_spawn *request, const struct skerry_mount_step *step)
{
    int missing;
    struct stat status;
    int target = open_existing(request, step->target, &missing);
    if (target < 0 || fstat(target, &status) < 0) {
        return missing ? 0 : -1;
    }

    int result = S_ISDIR(status.st_mode)
        ? mount_at("tmpfs", target, "tmpfs", MS_RDONLY, "size=0k")
        : bind_null(request, target);
    close_quietly(target);
    return result;
}

static int do_read_only(const struct skerry_spawn *request, const struct skerry_mount_step *step)
{
    int missing;
    uint64_t flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
    int target = open_existing(request, step->target, &missing);
    if (target < 0) {
        return missing ? 0 : -1;
    }

    char path[32];
    skerry_descriptor_path(path, target);
    int result = keep_flags(target, &flags) < 0 ? -1 : mount(path, path, NULL, MS_BIND | MS_REC, NULL);
    close_quietly(target);
    return result < 0 ? -1 : change_mount(request, step->target, flags);
}

/* Restricts the mount that covers a target, which keeps the flags it has. */
static int do_remount(const struct skerry_spawn *request, const struct skerry_mount_step *step)
{
    uint64_t flags = MS_REMOUNT | MS_BIND | step->flags;
    int target = open_in_root(request->root_descriptor, step->target);
    if (target < 0) {
        return -1;
    }

    int result = keep_flags(target, &flags) < 0 ? -1 : mount_at(NULL, target, NULL, flags, NULL);
    close_quietly(target);
    return result;
}

static int do_directory(const struct skerry_spawn *request, const struct skerry_mount_step *step)
{
    int missing;
    int target = open_existing(request, step->target, &missing);
    if (target >= 0 || !missing) {
        close_quietly(target);
        return target < 0 ? -1 : 0;
    }

    target = make_in_root(request->root_descriptor, step->target, 1);
    if (target < 0) {
        return -1;
    }

    char path[32];
    skerry_descriptor_path(path, target);
    int result = chmod(path, step->mode & 07777) < 0 ? -1 : chown(path, step->uid, step->gid);
    close_quietly(target);
    return result;
}

static int run_step(const struct skerry_spawn *request, const struct skerry_mount_step *step)
{
    switch (step->kind) {
    case SKERRY_STEP_MOUNT: return do_mount(request, step);
    case SKERRY_STEP_BIND: return do_bind(request, step);
    case SKERRY_STEP_PROPAGATION: return change_mount(request, step->target, step->propagation);
    case SKERRY_STEP_DEVICE: return do_device(request, step);
    case SKERRY_STEP_SYMLINK: return do_symlink(request, step);
    case SKERRY_STEP_MASK: return do_mask(request, step);
    case SKERRY_STEP_READ_ONLY: return do_read_only(request, step);
    case SKERRY_STEP_DIRECTORY: return do_directory(request, step);
    case SKERRY_STEP_REMOUNT: return do_remount(request, step);
    default: errno = EINVAL; return -1;
    }
}

int skerry_run_mount_steps(struct skerry_spawn *request)
{
    for (uint32_t i = 0; i < request->step_count; i++) {
        request->index = (int32_t)i;
        if (run_step(request, &request->steps[i]) < 0) {
            return -1;
        }
    }

    return 0;
}

/*
 * The root of an initramfs cannot be pivoted (EINVAL). The new root is moved over it; then everything mounted on the old root is taken
 * away, while "/" still leads there, so that nothing of it is left for a process that gets rid of the top.
 */
static int move_root(const struct skerry_spawn *request)
{
    if (mount(".", "/", NULL, MS_MOVE, NULL) < 0) {
        return -1;
    }

    for (uint32_t i = 0; i < request->detach_count; i++) {
        /* Gone already when it stood on another one of the list. */
        (void)umount2(request->detach[i], MNT_DETACH);
    }

    return chroot(".");
}

int skerry_switch_root(struct skerry_spawn *request)
{
    if (!request->root) {
        return 0;
    }

    if (fchdir(request->root_descriptor) < 0) {
        return -1;
    }

    if (syscall(SYS_pivot_root, ".", ".") == 0) {
        /* The old root now covers the new one. */
        if (umount2(".", MNT_DETACH) < 0) {
            return -1;
        }
    } else if (errno != EINVAL || move_root(request) < 0) {
        return -1;
    }

    uint64_t flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
    if (chdir("/") < 0 || (request->root_propagation && mount(NULL, "/", NULL, request->root_propagation, NULL) < 0)) {
        return -1;
    }

    if (!(request->options & SKERRY_ROOT_READ_ONLY)) {
        return 0;
    }

    return keep_flags(request->root_descriptor, &flags) < 0 ? -1 : mount(NULL, "/", NULL, flags, NULL);
}
