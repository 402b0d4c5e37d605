// How much memory this process holds, which Swift's own modules do not tell.
#ifndef CMEMORY_H
#define CMEMORY_H

#include <stdint.h>

#if defined(__linux__)
#include <malloc.h>

/// Bytes that were asked for and not given back, of all threads.
static inline int64_t consentkit_bytes_in_use(void) {
    struct mallinfo2 memory = mallinfo2();
    return (int64_t)(memory.uordblks + memory.hblkhd);
}
#else
#include <malloc/malloc.h>

static inline int64_t consentkit_bytes_in_use(void) { return (int64_t)mstats().bytes_used; }
#endif

#endif
