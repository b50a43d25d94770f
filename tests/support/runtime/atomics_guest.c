// Instrumented: every access below is announced to the runtime, and every atomic one done by it.
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "guest.h"

#define WIDTH(type)                                                                                \
  static void width_##type(void) {                                                                 \
    static _Atomic type cell;                                                                      \
    const type all = (type) ~(type)0;                                                              \
    const type high = (type)(all ^ (all >> 1));                                                    \
    atomic_store_explicit(&cell, high, memory_order_relaxed);                                      \
    EXPECT(atomic_load_explicit(&cell, memory_order_acquire) == high);                             \
    atomic_store(&cell, 7);                                                                        \
    EXPECT(atomic_exchange(&cell, (type)(high + 1)) == 7 && cell == (type)(high + 1));             \
    EXPECT(atomic_fetch_add(&cell, 4) == (type)(high + 1) && cell == (type)(high + 5));            \
    EXPECT(atomic_fetch_sub(&cell, (type)(high + 6)) == (type)(high + 5) && cell == all);          \
    EXPECT(atomic_fetch_and(&cell, high) == all && cell == high);                                  \
    EXPECT(atomic_fetch_or(&cell, 5) == high && cell == (type)(high | 5));                         \
    EXPECT(atomic_fetch_xor(&cell, 4) == (type)(high | 5) && cell == (type)(high | 1));            \
    EXPECT(__sync_fetch_and_nand((type*)&cell, 1) == (type)(high | 1) && cell == (type)(all - 1)); \
    type expected = 3;                                                                             \
    EXPECT(!atomic_compare_exchange_strong(&cell, &expected, 9) && expected == (type)(all - 1));   \
    EXPECT(atomic_compare_exchange_weak_explicit(&cell, &expected, high, memory_order_acq_rel,     \
                                                 memory_order_relaxed));                           \
    EXPECT(cell == high && expected == (type)(all - 1));                                           \
    EXPECT(__sync_val_compare_and_swap((type*)&cell, high, 1) == high);                            \
    EXPECT(__sync_bool_compare_and_swap((type*)&cell, high, 1) == false);                          \
    EXPECT(++cell == 2 && cell-- == 2 && cell == 1);                                               \
  }
typedef unsigned __int128 uint128_t;
WIDTH(uint8_t)
WIDTH(uint16_t)
WIDTH(uint32_t)
WIDTH(uint64_t)
WIDTH(uint128_t)

static _Atomic uint32_t narrow;
static _Atomic uint128_t wide;
static atomic_flag flag = ATOMIC_FLAG_INIT;
static int guarded;

static void* add(void* unused) {
  (void)unused;
  for (int i = 0; i < 20000; ++i) {
    atomic_fetch_add(&narrow, 1);
    // Carries from the low half to the high one: a torn read or a lost one would show.
    atomic_fetch_add(&wide, UINT64_MAX);
    while (atomic_flag_test_and_set(&flag)) {
    }
    ++guarded;
    atomic_flag_clear(&flag);
  }
  return NULL;
}

static void together(void) {
  pthread_t threads[3];
  for (int i = 0; i < 3; ++i) pthread_create(&threads[i], NULL, add, NULL);
  for (int i = 0; i < 3; ++i) pthread_join(threads[i], NULL);
  EXPECT(narrow == 60000 && guarded == 60000);
  EXPECT(wide == (uint128_t)UINT64_MAX * 60000);
}

struct __attribute__((packed)) Packed {
  char first;
  uint64_t unaligned;
  volatile uint32_t volatile_unaligned;
};

struct Large {
  long values[20];
};

static double real;
static float half;
static volatile uint8_t byte;
static volatile uint64_t word;

__attribute__((noipa)) static void copy_large(struct Large* to, const struct Large* from) {
  *to = *from;
}

// Announcements change nothing.
static void plain(void) {
  static struct Packed packed;
  packed.unaligned = 5, packed.volatile_unaligned = 6;
  EXPECT(packed.unaligned + packed.volatile_unaligned == 11);
  struct Large one = {{1, 2, 3}}, two;
  copy_large(&two, &one);
  EXPECT(memcmp(&one, &two, sizeof one) == 0);
  real = 1.5, half = 0.5F;
  EXPECT(real + half == 2.0);
  byte = 200, word = 1ULL << 60;
  EXPECT(byte == 200 && word == 1ULL << 60);
  ++word;
  EXPECT(word == (1ULL << 60) + 1);
  atomic_thread_fence(memory_order_seq_cst);
  atomic_signal_fence(memory_order_seq_cst);
  __sync_synchronize();
}

int main(void) {
  width_uint8_t();
  width_uint16_t();
  width_uint32_t();
  width_uint64_t();
  width_uint128_t();
  together();
  plain();
  if (failures == 0) puts("ok");
  return failures != 0;
}
