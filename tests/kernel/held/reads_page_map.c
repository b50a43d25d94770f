// What is in the page map, as stdin says.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "held.h"

static int variable = 1;

static off_t entry_of(const void* address) { return (uintptr_t)address / 4096 * 8; }

static void absent(void) {
  EXPECT(open("/proc/self/pagemap", O_RDONLY) == -1 && errno == ENOENT);
  EXPECT(fopen("/proc/thread-self/pagemap", "rb") == NULL && errno == ENOENT);
  EXPECT(access("/proc/self/pagemap", R_OK) == -1 && errno == ENOENT);
}

static void unreadable(void) {
  uint64_t entry = 7;
  struct iovec piece = {&entry, sizeof entry};
  const int map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  EXPECT(map >= 0);
  EXPECT(pread(map, &entry, sizeof entry, entry_of(&variable)) == -1 && errno == EPERM);
  EXPECT(lseek(map, entry_of(&variable), SEEK_SET) == entry_of(&variable));
  EXPECT(read(map, &entry, sizeof entry) == -1 && errno == EPERM);
  EXPECT(readv(map, &piece, 1) == -1 && errno == EPERM);
  EXPECT(preadv(map, &piece, 1, 0) == -1 && errno == EPERM);
  EXPECT(entry == 7);
  EXPECT(close(map) == 0);
  FILE* file = fopen("/proc/self/pagemap", "rb");
  EXPECT(file != NULL);
  EXPECT(fseek(file, entry_of(&variable), SEEK_SET) == 0);
  EXPECT(fread(&entry, sizeof entry, 1, file) == 0 && ferror(file));
  EXPECT(fclose(file) == 0);
}

static int is_hidden(uint64_t entry) {
  return entry >> 63 == 1 && (entry & ((UINT64_C(1) << 55) - 1)) == 0;
}

static void zero(void) {
  char path[64];
  uint64_t entry = 7, entries[512];
  sprintf(path, "/proc/%d/pagemap", getpid());
  EXPECT(access(path, R_OK) == 0);
  const int map = open(path, O_RDONLY);
  EXPECT(map >= 0);
  EXPECT(pread(map, &entry, sizeof entry, entry_of(&variable)) == 8 && is_hidden(entry));
  EXPECT(pread(map, &entry, sizeof entry, 8) == 8 && entry == 0);
  EXPECT(pread(map, &entry, 4, 0) == -1 && errno == EINVAL);
  int* both = shared(4096);
  *both = 1;
  EXPECT(pread(map, &entry, sizeof entry, entry_of(both)) == 8 && is_hidden(entry));
  EXPECT(lseek(map, entry_of(&variable), SEEK_SET) == entry_of(&variable));
  const pid_t child = fork();
  if (child == 0) _exit(read(map, &entry, sizeof entry) == 8 && is_hidden(entry) ? 0 : 1);
  int status = 7;
  EXPECT(waitpid(child, &status, 0) == child && status == 0);
  EXPECT(lseek(map, 0, SEEK_CUR) == entry_of(&variable) + 8);
  EXPECT(close(map) == 0);
  FILE* file = fopen("/proc/self/pagemap", "rb");
  EXPECT(file != NULL);
  EXPECT(fseek(file, entry_of(&variable), SEEK_SET) == 0);
  EXPECT(fread(&entry, sizeof entry, 1, file) == 1 && is_hidden(entry));
  EXPECT(fread(entries, sizeof entries, 1, file) == 1);
  EXPECT(fclose(file) == 0);
}

int main(void) {
  char which[16] = "";
  EXPECT(fgets(which, sizeof which, stdin) != NULL);
  if (strcmp(which, "absent") == 0) absent();
  if (strcmp(which, "unreadable") == 0) unreadable();
  if (strcmp(which, "zero") == 0) zero();
  return done();
}
