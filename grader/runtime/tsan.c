// What instrumented code calls: gcc's and clang's -fsanitize=thread, with our functions in place of
// libtsan. The names and their arguments are the compilers' (gcc/sanitizer.def; LLVM's
// tsan_interface.h and tsan_interface_atomic.h).
#include "held.h"

// Calls of these come from everywhere and must cost next to nothing while there is one thread.
#define LOGGED __builtin_expect(ipcgrade_log_switch != 0, 0)

// Plain and volatile accesses ---------------------------------------------------------------------

IPCGRADE_EXPORT void __tsan_init(void) {}
IPCGRADE_EXPORT void __tsan_func_entry(void* caller) { (void)caller; }
IPCGRADE_EXPORT void __tsan_func_exit(void) {}

static inline void volatile_access(void* address, uint32_t size, unsigned access,
                                   uint64_t instruction) {
  ipcgrade_thread.loaded_address = 0;
  ipcgrade_thread.volatile_address = (uint64_t)address;
  ipcgrade_thread.volatile_instruction = instruction;
  ipcgrade_thread.volatile_size = size;
  if (LOGGED) ipcgrade_announce((uint64_t)address, size, access, kIpcgradeVolatile, instruction);
}

#define PLAIN(name, size, access)                                                          \
  IPCGRADE_EXPORT void __tsan_##name(void* address) {                                      \
    ipcgrade_thread.loaded_address = 0;                                                    \
    if (LOGGED) {                                                                          \
      ipcgrade_announce((uint64_t)address, size, access, kIpcgradePlain, IPCGRADE_CALLER); \
    }                                                                                      \
  }
#define VOLATILE(name, size, access)                         \
  IPCGRADE_EXPORT void __tsan_##name(void* address) {        \
    volatile_access(address, size, access, IPCGRADE_CALLER); \
  }
// gcc announces an access that is not aligned as a range, clang by a name of its own.
#define SIZE(size)                                              \
  PLAIN(read##size, size, IPCGRADE_READS)                       \
  PLAIN(write##size, size, IPCGRADE_WRITES)                     \
  PLAIN(unaligned_read##size, size, IPCGRADE_READS)             \
  PLAIN(unaligned_write##size, size, IPCGRADE_WRITES)           \
  PLAIN(read_write##size, size, IPCGRADE_WRITES)                \
  PLAIN(unaligned_read_write##size, size, IPCGRADE_WRITES)      \
  VOLATILE(volatile_read##size, size, IPCGRADE_READS)           \
  VOLATILE(volatile_write##size, size, IPCGRADE_WRITES)         \
  VOLATILE(unaligned_volatile_read##size, size, IPCGRADE_READS) \
  VOLATILE(unaligned_volatile_write##size, size, IPCGRADE_WRITES)
SIZE(1)
SIZE(2)
SIZE(4)
SIZE(8)
SIZE(16)

IPCGRADE_EXPORT void __tsan_read_range(void* address, unsigned long size) {
  if (LOGGED) {
    ipcgrade_announce((uint64_t)address, size, IPCGRADE_READS, kIpcgradePlain, IPCGRADE_CALLER);
  }
}

IPCGRADE_EXPORT void __tsan_write_range(void* address, unsigned long size) {
  if (LOGGED) {
    ipcgrade_announce((uint64_t)address, size, IPCGRADE_WRITES, kIpcgradePlain, IPCGRADE_CALLER);
  }
}

// The pointer to an object's virtual functions: each constructor and destructor sets it, mostly to
// what it is.
IPCGRADE_EXPORT void __tsan_vptr_update(void** address, void* value) {
  if (LOGGED && *address != value) {
    ipcgrade_announce((uint64_t)address, sizeof(void*), IPCGRADE_WRITES, kIpcgradePlain,
                      IPCGRADE_CALLER);
  }
}

IPCGRADE_EXPORT void __tsan_vptr_read(void** address) {
  if (LOGGED) {
    ipcgrade_announce((uint64_t)address, sizeof(void*), IPCGRADE_READS, kIpcgradePlain,
                      IPCGRADE_CALLER);
  }
}

// Atomic accesses ---------------------------------------------------------------------------------

// The section that the supervisor knows, and nothing but the accesses themselves: what a
// compare-exchange does to its `expected` is no atomic access. noipa: neither inlined nor cloned.
#define PRIMITIVE __attribute__((noipa, section("ipcgrade_atomics"))) static

enum { kRelaxed = 0, kAcquire = 2, kAcquireRelease = 4, kSeqCst = 5 };

// Above the C11 order gcc passes hints for lock elision.
static inline uint32_t plain_order(int order) { return (uint32_t)order & 0xff; }

// gcc passes __sync_lock_test_and_set as an exchange that acquires, which is all that its manual
// promises; it is a full barrier on x86, and old programs hand over with it. In doubt for them.
static inline uint32_t exchange_order(int order) {
  return plain_order(order) == kAcquire ? kAcquireRelease : plain_order(order);
}

// So libstdc++ 12 gives back the lock in an atomic<shared_ptr> that was only read, though what its
// next owner does has to come after that (bits/shared_ptr_atomic.h, _Sp_atomic). In doubt for the
// program.
static inline uint32_t give_back_order(unsigned bits, uint64_t value, int order) {
  enum { kRelease = 3 };
  return bits == 64 && value == 1 && plain_order(order) == 0 ? kRelease : plain_order(order);
}

static inline uint32_t both_orders(int order, int failure) {
  return plain_order(order) | plain_order(failure) << 8;
}

typedef unsigned __int128 uint128_t;

#define PRIMITIVES(bits, suffix)                                                                  \
  PRIMITIVE uint##bits##_t load##bits(const volatile uint##bits##_t* from, uint32_t order) {      \
    register uint32_t r10 __asm__("r10") = order;                                                 \
    uint##bits##_t value;                                                                         \
    __asm__ volatile("mov" suffix " %1, %0" : "=r"(value) : "m"(*from), "r"(r10) : "memory");     \
    return value;                                                                                 \
  }                                                                                               \
  PRIMITIVE uint##bits##_t exchange##bits(volatile uint##bits##_t* at, uint##bits##_t value,      \
                                          uint32_t order) {                                       \
    register uint32_t r10 __asm__("r10") = order;                                                 \
    __asm__ volatile("xchg" suffix " %0, %1" : "+r"(value), "+m"(*at) : "r"(r10) : "memory");     \
    return value;                                                                                 \
  }                                                                                               \
  PRIMITIVE void store##bits(volatile uint##bits##_t* to, uint##bits##_t value, uint32_t order) { \
    register uint32_t r10 __asm__("r10") = order;                                                 \
    if (order == kSeqCst) {                                                                       \
      __asm__ volatile("xchg" suffix " %0, %1" : "+r"(value), "+m"(*to) : "r"(r10) : "memory");   \
    } else {                                                                                      \
      __asm__ volatile("mov" suffix " %1, %0" : "=m"(*to) : "r"(value), "r"(r10) : "memory");     \
    }                                                                                             \
  }                                                                                               \
  PRIMITIVE uint##bits##_t add##bits(volatile uint##bits##_t* at, uint##bits##_t value,           \
                                     uint32_t order) {                                            \
    register uint32_t r10 __asm__("r10") = order;                                                 \
    __asm__ volatile("lock xadd" suffix " %0, %1"                                                 \
                     : "+r"(value), "+m"(*at)                                                     \
                     : "r"(r10)                                                                   \
                     : "memory", "cc");                                                           \
    return value;                                                                                 \
  }                                                                                               \
  /* Gives what was there: `expected` where it succeeded. */                                      \
  PRIMITIVE uint##bits##_t compare##bits(volatile uint##bits##_t* at, uint##bits##_t expected,    \
                                         uint##bits##_t desired, uint32_t orders) {               \
    register uint32_t r10 __asm__("r10") = orders;                                                \
    __asm__ volatile("lock cmpxchg" suffix " %2, %1"                                              \
                     : "+a"(expected), "+m"(*at)                                                  \
                     : "r"(desired), "r"(r10)                                                     \
                     : "memory", "cc");                                                           \
    return expected;                                                                              \
  }
PRIMITIVES(8, "b")
PRIMITIVES(16, "w")
PRIMITIVES(32, "l")
PRIMITIVES(64, "q")

PRIMITIVE uint128_t compare128(volatile uint128_t* at, uint128_t expected, uint128_t desired,
                               uint32_t orders) {
  register uint32_t r10 __asm__("r10") = orders;
  uint64_t low = (uint64_t)expected;
  uint64_t high = (uint64_t)(expected >> 64);
  __asm__ volatile("lock cmpxchg16b %2"
                   : "+a"(low), "+d"(high), "+m"(*at)
                   : "b"((uint64_t)desired), "c"((uint64_t)(desired >> 64)), "r"(r10)
                   : "memory", "cc");
  return (uint128_t)high << 64 | low;
}

// One instruction that only reads or only writes, so that it is seen as that. Held, one task runs
// at a time, and any instruction is atomic; else only processors with AVX promise it of this one.
PRIMITIVE uint128_t held_load128(const volatile uint128_t* from, uint32_t order) {
  register uint32_t r10 __asm__("r10") = order;
  typedef long long vector __attribute__((vector_size(16)));
  vector value;
  __asm__ volatile("movdqa %1, %0" : "=x"(value) : "m"(*from), "r"(r10) : "memory");
  return (uint128_t)value;
}

PRIMITIVE void held_store128(volatile uint128_t* to, uint128_t value, uint32_t order) {
  register uint32_t r10 __asm__("r10") = order;
  typedef long long vector __attribute__((vector_size(16)));
  __asm__ volatile("movdqa %1, %0" : "=m"(*to) : "x"((vector)value), "r"(r10) : "memory");
}

static uint128_t load128(volatile uint128_t* from, uint32_t order) {
  return ipcgrade_held ? held_load128(from, order) : compare128(from, 0, 0, order | order << 8);
}

// There is no instruction for these: read, and exchange where nobody came between.
#define UPDATE_LOOP(name, bits, expression)                                            \
  static uint##bits##_t name##bits(volatile uint##bits##_t* at, uint##bits##_t value,  \
                                   uint32_t order) {                                   \
    uint##bits##_t old = load##bits(at, kRelaxed);                                     \
    for (;;) {                                                                         \
      const uint##bits##_t seen =                                                      \
          compare##bits(at, old, (uint##bits##_t)(expression), order | kRelaxed << 8); \
      if (seen == old) return old;                                                     \
      old = seen;                                                                      \
    }                                                                                  \
  }
#define UPDATE_LOOPS(bits)            \
  UPDATE_LOOP(and, bits, old& value)  \
  UPDATE_LOOP(or, bits, old | value)  \
  UPDATE_LOOP(xor, bits, old ^ value) \
  UPDATE_LOOP(nand, bits, ~(old & value))
UPDATE_LOOPS(8)
UPDATE_LOOPS(16)
UPDATE_LOOPS(32)
UPDATE_LOOPS(64)
UPDATE_LOOPS(128)
UPDATE_LOOP(exchange, 128, value)
UPDATE_LOOP(add, 128, old + value)

static void store128(volatile uint128_t* to, uint128_t value, uint32_t order) {
  if (ipcgrade_held) {
    held_store128(to, value, order);
  } else {
    (void)exchange128(to, value, order);
  }
}

static inline void before(const volatile void* at, uint64_t size, unsigned access, uint32_t order,
                          uint64_t instruction) {
  if (LOGGED) ipcgrade_before_atomic((uint64_t)at, size, access, order, instruction);
}

static inline void after(const volatile void* at, uint64_t size, unsigned access, uint32_t order,
                         uint64_t instruction) {
  if (LOGGED) ipcgrade_after_atomic((uint64_t)at, size, access, order, instruction);
}

#define UPDATE(bits, name, how, operand, asked)                                                  \
  IPCGRADE_EXPORT uint##bits##_t __tsan_atomic##bits##_##name(volatile uint##bits##_t* at,       \
                                                              uint##bits##_t value, int order) { \
    const uint32_t plain = asked;                                                                \
    before(at, sizeof(value), IPCGRADE_UPDATES, plain, IPCGRADE_CALLER);                         \
    const uint##bits##_t old = how##bits(at, (uint##bits##_t)(operand), plain);                  \
    after(at, sizeof(value), IPCGRADE_UPDATES, plain, IPCGRADE_CALLER);                          \
    return old;                                                                                  \
  }

// `expected` is the program's memory, and may be shared: touched where C says, read once and, after
// a failure, written.
#define COMPARE_EXCHANGE(bits, name)                                                            \
  IPCGRADE_EXPORT bool __tsan_atomic##bits##_##name(                                            \
      volatile uint##bits##_t* at, uint##bits##_t* expected, uint##bits##_t desired, int order, \
      int failure) {                                                                            \
    const uint##bits##_t wanted = *expected;                                                    \
    const uint##bits##_t seen =                                                                 \
        compare_exchange##bits(at, wanted, desired, order, failure, IPCGRADE_CALLER);           \
    if (seen == wanted) return true;                                                            \
    *expected = seen;                                                                           \
    return false;                                                                               \
  }

#define ATOMICS(bits)                                                                              \
  IPCGRADE_EXPORT uint##bits##_t __tsan_atomic##bits##_load(volatile uint##bits##_t* from,         \
                                                            int order) {                           \
    const uint32_t plain = plain_order(order);                                                     \
    before(from, sizeof(*from), IPCGRADE_READS, plain, IPCGRADE_CALLER);                           \
    const uint##bits##_t value = load##bits(from, plain);                                          \
    ipcgrade_thread.loaded_address = (uint64_t)from;                                               \
    ipcgrade_thread.loaded_instruction = IPCGRADE_CALLER;                                          \
    after(from, sizeof(*from), IPCGRADE_READS, plain, IPCGRADE_CALLER);                            \
    return value;                                                                                  \
  }                                                                                                \
  IPCGRADE_EXPORT void __tsan_atomic##bits##_store(volatile uint##bits##_t* to,                    \
                                                   uint##bits##_t value, int order) {              \
    const uint32_t plain = plain_order(order);                                                     \
    before(to, sizeof(value), IPCGRADE_WRITES, plain, IPCGRADE_CALLER);                            \
    store##bits(to, value, plain);                                                                 \
    after(to, sizeof(value), IPCGRADE_WRITES, plain, IPCGRADE_CALLER);                             \
  }                                                                                                \
  UPDATE(bits, exchange, exchange, value, exchange_order(order))                                   \
  UPDATE(bits, fetch_add, add, value, plain_order(order))                                          \
  UPDATE(bits, fetch_sub, add, 0 - value, give_back_order(bits, (uint64_t)value, order))           \
  UPDATE(bits, fetch_and, and, value, plain_order(order))                                          \
  UPDATE(bits, fetch_or, or, value, plain_order(order))                                            \
  UPDATE(bits, fetch_xor, xor, value, plain_order(order))                                          \
  UPDATE(bits, fetch_nand, nand, value, plain_order(order))                                        \
  static uint##bits##_t compare_exchange##bits(volatile uint##bits##_t* at, uint##bits##_t wanted, \
                                               uint##bits##_t desired, int order, int failure,     \
                                               uint64_t instruction) {                             \
    before(at, sizeof(wanted), IPCGRADE_UPDATES, plain_order(order), instruction);                 \
    const uint##bits##_t seen = compare##bits(at, wanted, desired, both_orders(order, failure));   \
    const bool done = seen == wanted;                                                              \
    after(at, sizeof(wanted), done ? IPCGRADE_UPDATES : IPCGRADE_READS,                            \
          plain_order(done ? order : failure), instruction);                                       \
    return seen;                                                                                   \
  }                                                                                                \
  COMPARE_EXCHANGE(bits, compare_exchange_strong)                                                  \
  COMPARE_EXCHANGE(bits, compare_exchange_weak)                                                    \
  IPCGRADE_EXPORT uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                       \
      volatile uint##bits##_t* at, uint##bits##_t expected, uint##bits##_t desired, int order,     \
      int failure) {                                                                               \
    return compare_exchange##bits(at, expected, desired, order, failure, IPCGRADE_CALLER);         \
  }
ATOMICS(8)
ATOMICS(16)
ATOMICS(32)
ATOMICS(64)
ATOMICS(128)

IPCGRADE_EXPORT void __tsan_atomic_thread_fence(int order) {
  __asm__ volatile("mfence" ::: "memory");
  if (ipcgrade_held) ipcgrade_hypercall(IPCGRADE_FENCE, plain_order(order), 0, 0, 0);
}

IPCGRADE_EXPORT void __tsan_atomic_signal_fence(int order) { (void)order; }
