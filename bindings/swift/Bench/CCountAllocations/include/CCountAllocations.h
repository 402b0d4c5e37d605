// How often this thread asked for memory: what is called free must ask never.
#ifndef CCOUNTALLOCATIONS_H
#define CCOUNTALLOCATIONS_H

#include <stdint.h>

/// Requests for memory by the calling thread since it began; -1 where nothing counts them (anywhere but on Linux with glibc).
int64_t consentkit_allocations(void);

#endif
