// Atomic words and a clock for the path that must not wait. Swift's own Synchronization module begins with iOS 18; this serves iOS 15.
#ifndef CCONSENTKIT_ATOMICS_H
#define CCONSENTKIT_ATOMICS_H

#include <stdint.h>
#include <time.h>

static inline uint64_t consentkit_load_acquire(const uint64_t *_Nonnull word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

static inline uint64_t consentkit_load_relaxed(const uint64_t *_Nonnull word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }

static inline void consentkit_store_release(uint64_t *_Nonnull word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }

static inline void consentkit_store_relaxed(uint64_t *_Nonnull word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELAXED); }

/// Wall-clock time, Unix milliseconds.
static inline int64_t consentkit_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

#endif
