// Atomic words and a clock for the path that must not wait. Swift's own Synchronization module begins with iOS 18; this serves iOS 15.
#ifndef CCONSENTKIT_ATOMICS_H
#define CCONSENTKIT_ATOMICS_H

#include <stdint.h>
#include <time.h>

static inline uint64_t consentkit_load_acquire(const uint64_t *_Nonnull word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

static inline uint64_t consentkit_load_relaxed(const uint64_t *_Nonnull word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }

static inline void consentkit_store_release(uint64_t *_Nonnull word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }

static inline void consentkit_store_relaxed(uint64_t *_Nonnull word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELAXED); }

/// One purpose's place in the table of answers. Which purpose it is never changes; the words below `length` are atomic.
struct consentkit_slot {
    uint64_t hash;
    uint8_t *_Nullable key;
    int64_t length;
    /// Bit 0: allowed. Bit 1: time can change it, so the words below have to be read as well.
    uint64_t state;
    /// Odd while the three words after it are written.
    uint64_t turn;
    uint64_t allowed;
    uint64_t valid_until;
    uint64_t at;
};

static inline uint64_t consentkit_slot_state(const struct consentkit_slot *_Nonnull slot) {
    return consentkit_load_acquire(&slot->state);
}

static inline void consentkit_slot_write(struct consentkit_slot *_Nonnull slot, uint64_t state, int64_t valid_until, int64_t at) {
    uint64_t turn = consentkit_load_relaxed(&slot->turn);
    consentkit_store_relaxed(&slot->turn, turn + 1);
    // Each release keeps the odd turn before the word, so that a reader who sees the word sees the turn.
    consentkit_store_release(&slot->allowed, state & 1);
    consentkit_store_release(&slot->valid_until, (uint64_t)valid_until);
    consentkit_store_release(&slot->at, (uint64_t)at);
    consentkit_store_release(&slot->turn, turn + 2);
    consentkit_store_release(&slot->state, state);
}

/// 1 and the three words of one writing, never of two; 0 where a writer was at it: try again.
static inline int consentkit_slot_read(
    const struct consentkit_slot *_Nonnull slot, uint64_t *_Nonnull allowed, int64_t *_Nonnull valid_until, int64_t *_Nonnull at) {
    uint64_t turn = consentkit_load_acquire(&slot->turn);
    *allowed = consentkit_load_acquire(&slot->allowed);
    *valid_until = (int64_t)consentkit_load_acquire(&slot->valid_until);
    *at = (int64_t)consentkit_load_acquire(&slot->at);
    return (turn & 1) == 0 && turn == consentkit_load_relaxed(&slot->turn);
}

/// Wall-clock time, Unix milliseconds.
static inline int64_t consentkit_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

#endif
