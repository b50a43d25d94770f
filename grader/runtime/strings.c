// The string functions that programs call, so that shared bytes are touched as the C standard says.
// libc's own read whole vectors, past the end of a string, and touch a closed page once for every
// vector. Here it is one instruction for a whole range wherever there is one: one fault, which the
// supervisor takes as one access. What is touched twice (a string measured, then copied) is two.
//
// Every function announces what it touches in the name of its caller, as instrumented code would:
// compilers leave that to the library.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "held.h"

#define LOGGED __builtin_expect(ipcgrade_log_switch != 0, 0)

static inline void reads(const void* from, size_t size, uint64_t caller) {
  if (LOGGED) ipcgrade_announce((uint64_t)from, size, IPCGRADE_READS, kIpcgradePlain, caller);
}

static inline void writes(const void* to, size_t size, uint64_t caller) {
  if (LOGGED) ipcgrade_announce((uint64_t)to, size, IPCGRADE_WRITES, kIpcgradePlain, caller);
}

// The instructions --------------------------------------------------------------------------------

static inline void copy_up(void* to, const void* from, size_t size) {
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

// From the last byte to the first. The processor does not speed this one up, so by eight bytes
// where there are many.
static inline void copy_down(void* to, const void* from, size_t size) {
  char* to_end = (char*)to + size;
  const char* from_end = (const char*)from + size;
  size_t words = size >= 64 ? size / 8 : 0;
  size_t bytes = size - words * 8;
  --to_end, --from_end;
  __asm__ volatile(
      "std\n\t"
      "rep movsb\n\t"
      "mov %3, %2\n\t"
      "sub $7, %0\n\t"
      "sub $7, %1\n\t"
      "rep movsq\n\t"
      "cld"
      : "+&D"(to_end), "+&S"(from_end), "+&c"(bytes)
      : "r"(words)
      : "memory", "cc");
}

static inline void fill(void* to, int byte, size_t size) {
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(byte) : "memory");
}

// Index of the last such byte, or `size`.
static inline size_t find_last(const void* from, int byte, size_t size) {
  if (size == 0) return 0;
  const char* last = (const char*)from + size - 1;
  size_t left = size;
  bool found;
  __asm__ volatile("std\n\trepne scasb\n\tcld"
                   : "+D"(last), "+c"(left), "=@ccz"(found)
                   : "a"(byte)
                   : "memory");
  return found ? left : size;
}

// Index of the first difference, or `size`.
static inline size_t differ(const void* a, const void* b, size_t size) {
  if (size == 0) return 0;
  size_t left = size;
  bool same;
  __asm__ volatile("repe cmpsb" : "+S"(a), "+D"(b), "+c"(left), "=@ccz"(same) : : "memory");
  return same ? size : size - left - 1;
}

static inline size_t length(const char* string) { return ipcgrade_find(string, '\0', SIZE_MAX); }

// How much can be touched beyond what is asked for without leaving the page, where what follows may
// not be memory at all.
static inline size_t rest_of_page(const void* at) { return 4096 - ((uint64_t)at & 4095); }

static inline size_t least(size_t a, size_t b) { return a < b ? a : b; }

// With its end: bytes of `string` that are looked at for `byte` or the end.
static inline size_t find_in_string(const char* string, int byte, bool* found) {
  for (size_t done = 0;;) {
    // Not the whole string at once: one with no end has to be left alone behind what is found.
    const size_t part = rest_of_page(string + done);
    const size_t end = ipcgrade_find(string + done, '\0', part);
    const size_t in_string = least(end + 1, part);
    const size_t at = ipcgrade_find(string + done, (char)byte, in_string);
    if (at < in_string || end < part) {
      *found = at < in_string;
      return done + (*found ? at : end);
    }
    done += part;
  }
}

// Blocks ------------------------------------------------------------------------------------------

static inline void* copy(void* to, const void* from, size_t size, uint64_t caller) {
  reads(from, size, caller);
  writes(to, size, caller);
  copy_up(to, from, size);
  return to;
}

static inline void* move(void* to, const void* from, size_t size, uint64_t caller) {
  reads(from, size, caller);
  writes(to, size, caller);
  if ((uint64_t)to - (uint64_t)from >= size) {
    copy_up(to, from, size);
  } else {
    copy_down(to, from, size);
  }
  return to;
}

static inline void* set(void* to, int byte, size_t size, uint64_t caller) {
  writes(to, size, caller);
  fill(to, byte, size);
  return to;
}

IPCGRADE_EXPORT void* memcpy(void* restrict to, const void* restrict from, size_t size) {
  return copy(to, from, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void* mempcpy(void* restrict to, const void* restrict from, size_t size) {
  return (char*)copy(to, from, size, IPCGRADE_CALL) + size;
}

IPCGRADE_EXPORT void* memmove(void* to, const void* from, size_t size) {
  return move(to, from, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void bcopy(const void* from, void* to, size_t size) {
  move(to, from, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void* memset(void* to, int byte, size_t size) {
  return set(to, byte, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void bzero(void* to, size_t size) { set(to, 0, size, IPCGRADE_CALL); }

IPCGRADE_EXPORT void explicit_bzero(void* to, size_t size) { set(to, 0, size, IPCGRADE_CALL); }

static inline int compare(const void* a, const void* b, size_t size, uint64_t caller) {
  const size_t at = differ(a, b, size);
  reads(a, least(at + 1, size), caller);
  reads(b, least(at + 1, size), caller);
  return at == size ? 0 : ((const unsigned char*)a)[at] - ((const unsigned char*)b)[at];
}

IPCGRADE_EXPORT int memcmp(const void* a, const void* b, size_t size) {
  return compare(a, b, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT int bcmp(const void* a, const void* b, size_t size) {
  return compare(a, b, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void* memchr(const void* from, int byte, size_t size) {
  const size_t at = ipcgrade_find(from, byte, size);
  reads(from, least(at + 1, size), IPCGRADE_CALL);
  return at == size ? NULL : (char*)from + at;
}

IPCGRADE_EXPORT void* memrchr(const void* from, int byte, size_t size) {
  const size_t at = find_last(from, byte, size);
  reads(from, size, IPCGRADE_CALL);
  return at == size ? NULL : (char*)from + at;
}

IPCGRADE_EXPORT void* rawmemchr(const void* from, int byte) {
  const size_t at = ipcgrade_find(from, byte, SIZE_MAX);
  reads(from, at + 1, IPCGRADE_CALL);
  return (char*)from + at;
}

// Strings -----------------------------------------------------------------------------------------

IPCGRADE_EXPORT size_t strlen(const char* string) {
  const size_t size = length(string);
  reads(string, size + 1, IPCGRADE_CALL);
  return size;
}

IPCGRADE_EXPORT size_t strnlen(const char* string, size_t most) {
  const size_t size = ipcgrade_find(string, '\0', most);
  reads(string, least(size + 1, most), IPCGRADE_CALL);
  return size;
}

// The end is written and not copied: whatever becomes of `from` in the meantime, `to` is a string.
static inline char* copy_string(char* to, const char* from, size_t size, uint64_t caller) {
  reads(from, size + 1, caller);
  writes(to, size + 1, caller);
  copy_up(to, from, size);
  *(volatile char*)(to + size) = '\0';
  return to + size;
}

static inline char* copy_padded(char* to, const char* from, size_t most, uint64_t caller) {
  const size_t size = ipcgrade_find(from, '\0', most);
  reads(from, least(size + 1, most), caller);
  writes(to, most, caller);
  copy_up(to, from, size);
  fill(to + size, '\0', most - size);
  return to + size;
}

static inline char* append_string(char* to, const char* from, size_t size, uint64_t caller) {
  const size_t before = length(to);
  reads(to, before + 1, caller);
  copy_string(to + before, from, size, caller);
  return to;
}

IPCGRADE_EXPORT char* strcpy(char* restrict to, const char* restrict from) {
  copy_string(to, from, length(from), IPCGRADE_CALL);
  return to;
}

IPCGRADE_EXPORT char* stpcpy(char* restrict to, const char* restrict from) {
  return copy_string(to, from, length(from), IPCGRADE_CALL);
}

IPCGRADE_EXPORT char* strncpy(char* restrict to, const char* restrict from, size_t most) {
  copy_padded(to, from, most, IPCGRADE_CALL);
  return to;
}

IPCGRADE_EXPORT char* stpncpy(char* restrict to, const char* restrict from, size_t most) {
  return copy_padded(to, from, most, IPCGRADE_CALL);
}

IPCGRADE_EXPORT char* strcat(char* restrict to, const char* restrict from) {
  return append_string(to, from, length(from), IPCGRADE_CALL);
}

IPCGRADE_EXPORT char* strncat(char* restrict to, const char* restrict from, size_t most) {
  return append_string(to, from, ipcgrade_find(from, '\0', most), IPCGRADE_CALL);
}

// A page at a time: what comes before the first difference need not have an end.
static inline int compare_strings(const char* a, const char* b, size_t most, uint64_t caller) {
  const char* from_a = a;
  const char* from_b = b;
  int result = 0;
  while (most > 0) {
    const size_t part = least(most, least(rest_of_page(a), rest_of_page(b)));
    const size_t end = ipcgrade_find(b, '\0', part);
    const size_t size = least(end + 1, part);
    const size_t at = differ(a, b, size);
    const bool over = at < size || end < part;
    const size_t looked_at = least(at + 1, size);
    if (at < size) result = (unsigned char)a[at] - (unsigned char)b[at];
    a += looked_at, b += looked_at, most -= looked_at;
    if (over) break;
  }
  reads(from_a, (size_t)(a - from_a), caller);
  reads(from_b, (size_t)(b - from_b), caller);
  return result;
}

IPCGRADE_EXPORT int strcmp(const char* a, const char* b) {
  return compare_strings(a, b, SIZE_MAX, IPCGRADE_CALL);
}

IPCGRADE_EXPORT int strncmp(const char* a, const char* b, size_t most) {
  return compare_strings(a, b, most, IPCGRADE_CALL);
}

static inline char* find_or_end(const char* string, int byte, bool* found, uint64_t caller) {
  const size_t at = find_in_string(string, byte, found);
  reads(string, at + 1, caller);
  return (char*)string + at;
}

IPCGRADE_EXPORT char* strchr(const char* string, int byte) {
  bool found;
  char* at = find_or_end(string, byte, &found, IPCGRADE_CALL);
  return found ? at : NULL;
}

IPCGRADE_EXPORT char* index(const char* string, int byte) __attribute__((alias("strchr")));

IPCGRADE_EXPORT char* strchrnul(const char* string, int byte) {
  bool found;
  return find_or_end(string, byte, &found, IPCGRADE_CALL);
}

IPCGRADE_EXPORT char* strrchr(const char* string, int byte) {
  const size_t size = length(string) + 1;
  const size_t at = find_last(string, (char)byte, size);
  reads(string, size, IPCGRADE_CALL);
  return at == size ? NULL : (char*)string + at;
}

IPCGRADE_EXPORT char* rindex(const char* string, int byte) __attribute__((alias("strrchr")));

IPCGRADE_EXPORT char* strstr(const char* string, const char* part) {
  const size_t size = length(string);
  const size_t part_size = length(part);
  reads(string, size + 1, IPCGRADE_CALL);
  reads(part, part_size + 1, IPCGRADE_CALL);
  if (part_size == 0) return (char*)string;
  for (size_t at = 0; at + part_size <= size; ++at) {
    const size_t places = size - part_size - at + 1;
    const size_t next = ipcgrade_find(string + at, part[0], places);
    if (next == places) break;
    at += next;
    if (differ(string + at, part, part_size) == part_size) return (char*)string + at;
  }
  return NULL;
}

static inline char* duplicate(const char* from, size_t size, uint64_t caller) {
  char* copy = malloc(size + 1);
  if (copy != NULL) copy_string(copy, from, size, caller);
  return copy;
}

IPCGRADE_EXPORT char* strdup(const char* from) {
  return duplicate(from, length(from), IPCGRADE_CALL);
}

IPCGRADE_EXPORT char* strndup(const char* from, size_t most) {
  return duplicate(from, ipcgrade_find(from, '\0', most), IPCGRADE_CALL);
}

// What -D_FORTIFY_SOURCE calls --------------------------------------------------------------------

// libc's: ends the program with "buffer overflow detected".
extern void __chk_fail(void) __attribute__((noreturn));

static inline void check(size_t size, size_t room) {
  if (size > room) __chk_fail();
}

IPCGRADE_EXPORT void* __memcpy_chk(void* to, const void* from, size_t size, size_t room) {
  check(size, room);
  return copy(to, from, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void* __mempcpy_chk(void* to, const void* from, size_t size, size_t room) {
  check(size, room);
  return (char*)copy(to, from, size, IPCGRADE_CALL) + size;
}

IPCGRADE_EXPORT void* __memmove_chk(void* to, const void* from, size_t size, size_t room) {
  check(size, room);
  return move(to, from, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void* __memset_chk(void* to, int byte, size_t size, size_t room) {
  check(size, room);
  return set(to, byte, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void __explicit_bzero_chk(void* to, size_t size, size_t room) {
  check(size, room);
  set(to, 0, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT char* __strcpy_chk(char* to, const char* from, size_t room) {
  const size_t size = length(from);
  check(size + 1, room);
  copy_string(to, from, size, IPCGRADE_CALL);
  return to;
}

IPCGRADE_EXPORT char* __stpcpy_chk(char* to, const char* from, size_t room) {
  const size_t size = length(from);
  check(size + 1, room);
  return copy_string(to, from, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT char* __strncpy_chk(char* to, const char* from, size_t most, size_t room) {
  check(most, room);
  copy_padded(to, from, most, IPCGRADE_CALL);
  return to;
}

IPCGRADE_EXPORT char* __stpncpy_chk(char* to, const char* from, size_t most, size_t room) {
  check(most, room);
  return copy_padded(to, from, most, IPCGRADE_CALL);
}

static inline char* append_checked(char* to, const char* from, size_t size, size_t room,
                                   uint64_t caller) {
  const size_t before = ipcgrade_find(to, '\0', room);
  check(before + size + 1, room);
  return append_string(to, from, size, caller);
}

IPCGRADE_EXPORT char* __strcat_chk(char* to, const char* from, size_t room) {
  return append_checked(to, from, length(from), room, IPCGRADE_CALL);
}

IPCGRADE_EXPORT char* __strncat_chk(char* to, const char* from, size_t most, size_t room) {
  return append_checked(to, from, ipcgrade_find(from, '\0', most), room, IPCGRADE_CALL);
}

// clang's names in instrumented code; version 14 calls memcpy and its like, later ones these.
IPCGRADE_EXPORT void* __tsan_memcpy(void* to, const void* from, size_t size) {
  return copy(to, from, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void* __tsan_memmove(void* to, const void* from, size_t size) {
  return move(to, from, size, IPCGRADE_CALL);
}

IPCGRADE_EXPORT void* __tsan_memset(void* to, int byte, size_t size) {
  return set(to, byte, size, IPCGRADE_CALL);
}
