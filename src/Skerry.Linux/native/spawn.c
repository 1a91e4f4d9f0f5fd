#include "spawn.h"

int skerry_native_version(void) { return SKERRY_NATIVE_VERSION; }
