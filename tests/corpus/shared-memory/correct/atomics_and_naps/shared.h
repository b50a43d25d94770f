#pragma once
#include <stdatomic.h>
#include <stddef.h>
#include <sys/shm.h>
#include <time.h>

enum step { EMPTY = 0, WRITTEN = 1, READ = 2 };   // EMPTY must be 0, a new segment is all zeros

struct shared {
    _Atomic int step;
    char letters[27];
};

static inline void wait_until(struct shared *s, enum step wanted) {
    while (atomic_load_explicit(&s->step, memory_order_acquire) != (int)wanted)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static inline void go_to(struct shared *s, enum step next) {
    atomic_store_explicit(&s->step, next, memory_order_release);
}
