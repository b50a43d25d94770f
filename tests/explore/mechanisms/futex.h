// futex(2), which has no wrapper in the C library.
#pragma once
#include "hand_over.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>

static inline long futex(atomic_int* word, int operation, int value) {
  return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

static inline long futex_bits(atomic_int* word, int operation, int value, unsigned bits) {
  return syscall(SYS_futex, word, operation, value, NULL, NULL, bits);
}

/// Wakes some who wait at one word, and moves some of the others to another.
static inline long futex_requeue(atomic_int* from, int woken, atomic_int* to, int moved) {
  return syscall(SYS_futex, from, FUTEX_CMP_REQUEUE, woken, (long)moved, to, atomic_load(from));
}
