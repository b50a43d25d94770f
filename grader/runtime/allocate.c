// Memory from the heap: libc's own, and a word in the log that it is fresh. Freed memory goes from
// thread to thread under libc's locks, which are not seen; without that word the last write of one
// owner would race with the first of the next.
#include <errno.h>
#include <malloc.h>

#include "held.h"

// What malloc and its like are in libc, whoever interposes them: exported for that.
extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* old, size_t size);
extern void* __libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void* memory);

// All that it may use: more than was asked for, and as much as freeing it gives back.
static inline void* fresh(void* memory, size_t from, uint64_t caller) {
  if (__builtin_expect(ipcgrade_log_switch != 0, 0) && memory != NULL) {
    const size_t size = malloc_usable_size(memory);
    if (size > from) {
      ipcgrade_announce((uint64_t)memory + from, size - from, IPCGRADE_ALLOCATES, kIpcgradePlain,
                        caller);
    }
  }
  return memory;
}

// ld.so takes these for its own once there is a malloc that is not libc's, before any constructor.
IPCGRADE_EXPORT void* malloc(size_t size) { return fresh(__libc_malloc(size), 0, IPCGRADE_CALL); }

IPCGRADE_EXPORT void* calloc(size_t count, size_t size) {
  return fresh(__libc_calloc(count, size), 0, IPCGRADE_CALL);
}

// What it copies to the new place is not told: what is done to it next, is. Where it stays, what is
// behind its old end is fresh.
IPCGRADE_EXPORT void* realloc(void* old, size_t size) {
  const size_t had = malloc_usable_size(old);
  void* memory = __libc_realloc(old, size);
  return fresh(memory, memory == old ? had : 0, IPCGRADE_CALL);
}

// Freeing writes: who uses the memory in another thread has to be done with it.
static inline void release(void* memory, uint64_t caller) {
  if (__builtin_expect(ipcgrade_log_switch != 0, 0) && memory != NULL) {
    ipcgrade_announce((uint64_t)memory, malloc_usable_size(memory), IPCGRADE_WRITES, kIpcgradePlain,
                      caller);
  }
  __libc_free(memory);
}

IPCGRADE_EXPORT void free(void* memory) { release(memory, IPCGRADE_CALL); }

// C++'s operators delete, of one object and of an array, with and without its size: libstdc++'s
// call free, and then it is the library that frees. Source: Itanium C++ ABI, 5.1.5.
IPCGRADE_EXPORT void _ZdlPv(void* memory) { release(memory, IPCGRADE_CALL); }
IPCGRADE_EXPORT void _ZdaPv(void* memory) { release(memory, IPCGRADE_CALL); }
IPCGRADE_EXPORT void _ZdlPvm(void* memory, size_t size) {
  (void)size;
  release(memory, IPCGRADE_CALL);
}
IPCGRADE_EXPORT void _ZdaPvm(void* memory, size_t size) {
  (void)size;
  release(memory, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void* memalign(size_t alignment, size_t size) {
  return fresh(__libc_memalign(alignment, size), 0, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void* aligned_alloc(size_t alignment, size_t size) {
  return fresh(__libc_memalign(alignment, size), 0, IPCGRADE_CALL);
}

IPCGRADE_EXPORT int posix_memalign(void** result, size_t alignment, size_t size) {
  const bool power = alignment != 0 && (alignment & (alignment - 1)) == 0;
  if (!power || alignment % sizeof(void*) != 0) return EINVAL;
  void* memory = fresh(__libc_memalign(alignment, size), 0, IPCGRADE_CALL);
  if (memory == NULL) return ENOMEM;
  *result = memory;
  return 0;
}
