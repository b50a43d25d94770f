// Only the address and the length go through the pipe: the child fetches the text itself from the
// parent's memory.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct Place {
  char *address;
  size_t length;
};

static bool get(int fd, void *to, size_t size, bool &end) {
  auto *p = static_cast<char *>(to);
  for (size_t have = 0; have < size;) {
    const auto n = read(fd, p + have, size - have);
    if (n == 0) return end = have == 0, false;
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) have += n;
  }
  return true;
}

static bool put(int fd, const void *from, size_t size) {
  auto *p = static_cast<const char *>(from);
  while (size > 0) {
    const auto n = write(fd, p, size);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) p += n, size -= n;
  }
  return true;
}

static int child(int in, int out, pid_t parent) {
  Place place;
  bool end = false;
  while (get(in, &place, sizeof place, end)) {
    std::string text(place.length, 0);
    iovec here{text.data(), text.size()}, there{place.address, place.length};
    if (process_vm_readv(parent, &here, 1, &there, 1, 0) != ssize_t(place.length)) break;
    for (auto &c : text)
      if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
    if (!put(out, text.data(), text.size())) break;
  }
  if (!end) std::perror("child");
  return end ? 0 : 1;
}

int main() {
  int a[2], b[2];
  static char text[16384];
  std::signal(SIGPIPE, SIG_IGN);
  if (pipe(a) < 0 || pipe(b) < 0) return std::perror("pipe"), 1;
  const pid_t parent = getpid(), pid = fork();
  if (pid < 0) return std::perror("fork"), 1;
  if (pid == 0) {
    close(a[1]), close(b[0]);
    _exit(child(a[0], b[1], parent));
  }
  close(a[0]), close(b[1]);
  bool good = true, end = false;
  while (good && !end) {
    const auto n = read(0, text, sizeof text);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) break;
    Place place{text, size_t(n)};
    good = n > 0 && put(a[1], &place, sizeof place) && get(b[0], text, n, end) && put(1, text, n);
  }
  if (!good) std::perror("parent");
  close(a[1]), close(b[0]);
  int status = 1;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  if (status != 0) std::fprintf(stderr, "child: status %d\n", status);
  return good && status == 0 ? 0 : 1;
}
