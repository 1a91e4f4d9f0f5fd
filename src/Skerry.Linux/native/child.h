/* The steps of a child between clone3 and execve: each returns 0, or -1 with errno; request->index says which item of a list failed. */
#ifndef SKERRY_CHILD_H
#define SKERRY_CHILD_H

#include "spawn.h"

_Noreturn void skerry_child(struct skerry_spawn *request);

int skerry_run_mount_steps(struct skerry_spawn *request);
int skerry_switch_root(struct skerry_spawn *request);

int skerry_set_limits(struct skerry_spawn *request);
int skerry_switch_user(struct skerry_spawn *request);
int skerry_drop_bounding(struct skerry_spawn *request);
int skerry_set_capabilities(struct skerry_spawn *request);
int skerry_filter_before_user(struct skerry_spawn *request);
int skerry_filter_before_exec(struct skerry_spawn *request);

int skerry_write_file(const char *path, const char *text);
void skerry_descriptor_path(char path[32], int descriptor);

#endif
