#ifndef SKERRY_SPAWN_H
#define SKERRY_SPAWN_H
#define SKERRY_NATIVE_VERSION 1
int skerry_native_version(void);
#endif
