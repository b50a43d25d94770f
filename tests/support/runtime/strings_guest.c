// The runtime's string functions against libc's, over random inputs; and that they touch no byte
// that they need not: inputs end where memory ends.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

enum { kPage = 4096, kRounds = 20000 };

static uint64_t state = 88172645463325252ULL;

static size_t random_below(size_t bound) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state % bound;
}

// One page that may be touched, between two that may not.
static char* island(void) {
  char* memory = mmap(NULL, 3 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory + kPage, kPage, PROT_READ | PROT_WRITE) != 0) abort();
  return memory + kPage;
}

static void* find(void* libc, const char* name) {
  void* own = dlsym(RTLD_DEFAULT, name);
  void* other = dlsym(libc, name);
  if (other == NULL || own == other) {
    printf("%s is not interposed\n", name);
    ++failures;
  }
  return other;
}

#define LIBC(name) __typeof__(name)* libc_##name = (__typeof__(name)*)find(libc, #name)

static int sign(int value) { return (value > 0) - (value < 0); }

// Few different letters, so that there are matches; ends at the end of the page.
static char* random_string(char* page, size_t size) {
  char* string = page + kPage - size - 1;
  for (size_t i = 0; i < size; ++i) string[i] = (char)("ab\xff"[random_below(3)]);
  string[size] = '\0';
  return string;
}

static void blocks(void* libc, char* a, char* b, char* c) {
  LIBC(memmove);
  LIBC(memcmp);
  LIBC(memchr);
  LIBC(memrchr);
  LIBC(memcpy);
  LIBC(mempcpy);
  LIBC(memset);
  LIBC(bcopy);
  LIBC(bzero);
  LIBC(bcmp);
  LIBC(rawmemchr);
  (void)libc_memcpy, (void)libc_mempcpy, (void)libc_bcopy, (void)libc_bzero, (void)libc_bcmp;
  for (int round = 0; round < kRounds; ++round) {
    const size_t size = random_below(round % 2 ? 300 : 20);
    const char letter = (char)("ab\xff"[random_below(3)]);
    char* x = random_string(a, size) + 1;
    char* y = random_string(b, size) + 1;
    if (random_below(2)) libc_memmove(y, x, random_below(size + 1));
    EXPECT(sign(memcmp(x, y, size)) == sign(libc_memcmp(x, y, size)));
    EXPECT(sign(bcmp(x, y, size)) == sign(libc_memcmp(x, y, size)));
    EXPECT(memchr(x, letter, size) == libc_memchr(x, letter, size));
    EXPECT(memrchr(x, letter, size) == libc_memrchr(x, letter, size));
    if (size > 0) EXPECT(rawmemchr(x, '\0') == libc_rawmemchr(x, '\0'));
    EXPECT(memcpy(y, x, size) == y && libc_memcmp(x, y, size) == 0);
    EXPECT(mempcpy(y, x, size) == y + size);
    EXPECT(memset(y, letter, size) == y);
    for (size_t i = 0; i < size; ++i) EXPECT(y[i] == letter);
    // Overlapping, both ways and by every distance; the bytes around stay.
    random_string(a, kPage - 1);
    libc_memmove(c, a, kPage);
    const size_t from = random_below(600), to = random_below(600), moved = random_below(500);
    EXPECT(memmove(a + from, a + to, moved) == a + from);
    libc_memmove(c + from, c + to, moved);
    EXPECT(libc_memcmp(a, c, kPage) == 0);
    bcopy(a + to, a + from, moved);
    libc_memmove(c + from, c + to, moved);
    EXPECT(libc_memcmp(a, c, kPage) == 0);
    bzero(a + from, moved);
    libc_memset(c + from, 0, moved);
    EXPECT(libc_memcmp(a, c, kPage) == 0);
  }
  // To the very ends of the page.
  memmove(a, a + 1, kPage - 1);
  memmove(a + 1, a, kPage - 1);
  EXPECT(memrchr(a, 'q', kPage) == NULL && memchr(a, 'q', kPage) == NULL);
}

static void strings(void* libc, char* a, char* b, char* c) {
  LIBC(strlen);
  LIBC(strnlen);
  LIBC(strcmp);
  LIBC(strncmp);
  LIBC(strchr);
  LIBC(strchrnul);
  LIBC(strrchr);
  LIBC(strstr);
  LIBC(strcpy);
  LIBC(stpcpy);
  LIBC(strncpy);
  LIBC(stpncpy);
  LIBC(strcat);
  LIBC(strncat);
  LIBC(strdup);
  LIBC(strndup);
  (void)libc_strcpy, (void)libc_strdup, (void)libc_stpcpy;
  for (int round = 0; round < kRounds; ++round) {
    const size_t size = random_below(round % 2 ? 200 : 8);
    const size_t most = random_below(250);
    const char letter = (char)("ab\xff"[random_below(4)]);
    char* x = random_string(a, size);
    char* y = random_string(b, random_below(round % 2 ? 200 : 4));
    EXPECT(strlen(x) == size && libc_strlen(x) == size);
    EXPECT(strnlen(x, most) == libc_strnlen(x, most));
    EXPECT(sign(strcmp(x, y)) == sign(libc_strcmp(x, y)));
    EXPECT(sign(strncmp(x, y, most)) == sign(libc_strncmp(x, y, most)));
    EXPECT(strchr(x, letter) == libc_strchr(x, letter));
    EXPECT(strchr(x, letter + 256) == libc_strchr(x, letter));
    EXPECT(strchrnul(x, letter) == libc_strchrnul(x, letter));
    EXPECT(strrchr(x, letter) == libc_strrchr(x, letter));
    EXPECT(strstr(x, y) == libc_strstr(x, y));
    char* copied = c + kPage - size - 1;
    memset(c, 'q', kPage);
    EXPECT(strcpy(copied, x) == copied && libc_strcmp(copied, x) == 0 && copied[-1] == 'q');
    EXPECT(stpcpy(copied, x) == copied + size);
    char first[600], second[600];
    memset(first, 'q', sizeof first);
    memset(second, 'q', sizeof second);
    EXPECT(stpncpy(first, x, most) - first == libc_stpncpy(second, x, most) - second);
    EXPECT(memcmp(first, second, sizeof first) == 0);
    EXPECT(strncpy(first, y, most) == first);
    libc_strncpy(second, y, most);
    EXPECT(memcmp(first, second, sizeof first) == 0);
    first[random_below(250)] = '\0';
    memcpy(second, first, sizeof first);
    EXPECT(strcat(first, x) == first);
    libc_strcat(second, x);
    EXPECT(strncat(first, y, most % 50) == first);
    libc_strncat(second, y, most % 50);
    EXPECT(memcmp(first, second, sizeof first) == 0);
    char* one = strdup(x);
    char* other = strndup(x, most);
    char* same = libc_strndup(x, most);
    EXPECT(libc_strcmp(one, x) == 0 && libc_strcmp(other, same) == 0);
    free(one), free(other), free(same);
  }
}

// What has no end is no string, but programs pass it, and libc's functions stop at what they find.
static void without_end(char* a, char* b) {
  memset(a, 'x', kPage);
  a[kPage - 1] = 'y';
  EXPECT(strchr(a + 7, 'y') == a + kPage - 1);
  EXPECT(strcmp(a + 7, "xxz") < 0 && strcmp("xxz", a + 7) > 0);
  EXPECT(strcmp(a + kPage - 1, "z") < 0 && strcmp("z", a + kPage - 1) > 0);
  EXPECT(strncmp(a, "x", 1) == 0 && strncmp(a + kPage - 3, "xxy and", 3) == 0);
  EXPECT(strnlen(a, kPage) == kPage);
  memset(b, '.', kPage);
  EXPECT(strncpy(b, a, kPage) == b && b[kPage - 1] == 'y');
  char* cut = strndup(a + kPage - 4, 4);
  EXPECT(strcmp(cut, "xxxy") == 0);
  free(cut);
  EXPECT(memcmp("xxyQ", a + kPage - 3, 3) == 0);
}

// Strings over the border of two pages.
static void over_pages(void) {
  char* memory = mmap(NULL, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* other = malloc(2 * kPage);
  for (size_t start = kPage - 20; start < kPage + 2; ++start) {
    strcpy(memory + start, "over the border");
    strcpy(other + 100, "over the border");
    EXPECT(strcmp(memory + start, other + 100) == 0 && strcmp(other + 100, memory + start) == 0);
    EXPECT(strncmp(memory + start, "over the bordes", 14) == 0);
    EXPECT(strcmp(memory + start, "over the bordes") < 0);
    EXPECT(strchr(memory + start, 'd') == memory + start + 12);
    EXPECT(strchr(memory + start, 'q') == NULL);
    EXPECT(strchr(memory + start, '\0') == memory + start + 15);
    EXPECT(strrchr(memory + start, 'r') == memory + start + 14);
    EXPECT(strstr(memory + start, "bord") == memory + start + 9);
  }
  free(other);
}

int main(void) {
  void* libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
  char* a = island();
  char* b = island();
  char* c = island();
  blocks(libc, a, b, c);
  strings(libc, a, b, c);
  without_end(a, b);
  over_pages();
  for (const char* const* name =
           (const char* const[]){"__memcpy_chk", "__mempcpy_chk", "__memmove_chk", "__memset_chk",
                                 "__strcpy_chk", "__stpcpy_chk", "__strncpy_chk", "__stpncpy_chk",
                                 "__strcat_chk", "__strncat_chk", "index", "rindex", NULL};
       *name != NULL; ++name) {
    (void)find(libc, *name);
  }
  if (failures == 0) puts("ok");
  return failures != 0;
}
