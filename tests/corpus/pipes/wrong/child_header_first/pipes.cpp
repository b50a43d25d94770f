// A block at a time, with a header that says how long it is. The child says OK (the header again) before it
// takes the block itself.
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <string>
#include <system_error>
#include <sys/wait.h>
#include <unistd.h>

static void check(bool good, const char *what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

static bool read_all(int fd, void *to, size_t size) {
  auto p = static_cast<char *>(to);
  for (size_t have = 0; have < size;) {
    ssize_t n = read(fd, p + have, size - have);
    if (n == 0) {
      errno = EPIPE;
      return false;
    }
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) have += n;
  }
  return true;
}

static bool write_all(int fd, const void *from, size_t size) {
  auto p = static_cast<const char *>(from);
  while (size > 0) {
    ssize_t n = write(fd, p, size);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) p += n, size -= n;
  }
  return true;
}

static std::string slurp(int fd) {
  std::string all;
  char part[65536];
  for (;;) {
    ssize_t n = read(fd, part, sizeof part);
    if (n == 0) return all;
    check(n > 0 || errno == EINTR, "stdin");
    if (n > 0) all.append(part, n);
  }
}

static void child(int in, int out) {
  std::uint32_t size;
  check(read_all(in, &size, sizeof size), "header");
  check(write_all(out, &size, sizeof size), "answer");
  char c;
  for (std::uint32_t i = 0; i < size; i += 1) {
    char part[4096];
    const std::uint32_t most = std::min<std::uint32_t>(sizeof part, size - i);
    check(read_all(in, part, most), "text");
    for (std::uint32_t k = 0; k < most; ++k) {
      c = part[k];
      part[k] = c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
    }
    check(write_all(out, part, most), "text back");
    i += most - 1;
  }
}

int main() {
  int a[2], b[2], result = 1;
  std::signal(SIGPIPE, SIG_IGN);
  pid_t pid = -1;
  try {
    check(pipe(a) == 0, "pipe");
    check(pipe(b) == 0, "pipe");
    pid = fork();
    check(pid >= 0, "fork");
    if (pid == 0) {
      close(a[1]), close(b[0]);
      child(a[0], b[1]);
      _exit(0);
    }
    close(a[0]), close(b[1]);

    std::string text = slurp(0);
    const std::uint32_t size = text.size();
    std::uint32_t echo = 0;
    check(write_all(a[1], &size, sizeof size), "size");
    check(read_all(b[0], &echo, sizeof echo), "size back");
    check(write_all(a[1], text.data(), text.size()), "text");
    check(read_all(b[0], text.data(), text.size()), "text back");
    check(write_all(1, text.data(), text.size()), "stdout");
    result = 0;
  } catch (const std::exception &e) {
    std::cerr << (pid == 0 ? "child: " : "parent: ") << e.what() << std::endl;
  }
  if (pid == 0) _exit(1);
  if (pid > 0) {
    close(a[1]), close(b[0]);
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    if (status != 0) {
      std::cerr << "child: status " << status << std::endl;
      result = 1;
    }
  }
  return result;
}
