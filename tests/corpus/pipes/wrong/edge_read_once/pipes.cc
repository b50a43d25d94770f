// stdin may be a file, which epoll does not take. So: stdin is simply read, and epoll watches the pipes.
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <concepts>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <span>
#include <string_view>
#include <utility>

using Bytes = std::span<std::byte>;

struct Failed {
  const char *what;
  int error = errno;
};

auto retry(const char *what, std::invocable auto &&call) {
  for (;;) {
    if (auto r = call(); r != -1) return r;
    if (errno != EINTR) throw Failed{what};
  }
}

Bytes read_from(int fd, Bytes room, const char *what) {
  return room.first(retry(what, [&] { return read(fd, room.data(), room.size()); }));
}

void write_to(int fd, Bytes bytes, const char *what) {
  while (!bytes.empty())
    bytes = bytes.subspan(retry(what, [&] { return write(fd, bytes.data(), bytes.size()); }));
}

int child(int in, int out) try {
  std::array<std::byte, 5000> room;
  for (Bytes some; !(some = read_from(in, room, "child: read")).empty(); write_to(out, some, "child: write"))
    for (auto &b : some)
      if (auto c = std::to_integer<int>(b); c >= 'a' && c <= 'z') b = std::byte(c - 'a' + 'A');
  return EXIT_SUCCESS;
} catch (const Failed &f) {
  errno = f.error;
  perror(f.what);
  return EXIT_FAILURE;
}

void talk(int &to, int from) {
  const int poller = retry("epoll_create1", [] { return epoll_create1(EPOLL_CLOEXEC); });
  const auto watch = [&](int fd, std::uint32_t events) {
    epoll_event e{};
    e.events = events;
    e.data.fd = fd;
    retry("epoll_ctl", [&] { return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e); });
  };
  retry("fcntl", [&] { return fcntl(to, F_SETFL, O_NONBLOCK); });
  // Edge-triggered: told once, not all the time while there is room or something to read.
  watch(from, EPOLLIN | EPOLLET);
  watch(to, EPOLLOUT | EPOLLET);

  std::array<std::byte, 20000> input, output;
  Bytes unsent;
  bool room = true;
  for (;;) {
    while (room && to != -1) {
      if (unsent.empty()) {
        unsent = read_from(STDIN_FILENO, input, "stdin");
        if (unsent.empty()) {
          close(std::exchange(to, -1));
          break;
        }
      }
      const auto n = write(to, unsent.data(), unsent.size());
      if (n >= 0) unsent = unsent.subspan(n);
      else if (errno == EAGAIN) room = false;
      else if (errno != EINTR) throw Failed{"to the child"};
    }

    std::array<epoll_event, 2> ready;
    const auto count = retry("epoll_wait", [&] { return epoll_wait(poller, ready.data(), ready.size(), -1); });
    for (const auto &e : std::span(ready).first(count)) {
      if (e.data.fd != from) {
        room = true;
        continue;
      }
      const auto some = read_from(from, output, "from the child");
      if (some.empty()) return;
      write_to(STDOUT_FILENO, some, "stdout");
    }
  }
}

int main() {
  int a[2], b[2];
  std::signal(SIGPIPE, SIG_IGN);
  if (pipe(a) || pipe(b)) return perror("pipe"), EXIT_FAILURE;
  const auto pid = fork();
  if (pid == -1) return perror("fork"), EXIT_FAILURE;
  if (!pid) {
    close(a[1]), close(b[0]);
    _exit(child(a[0], b[1]));
  }
  close(a[0]), close(b[1]);

  int result = EXIT_SUCCESS;
  try {
    talk(a[1], b[0]);
  } catch (const Failed &f) {
    errno = f.error;
    perror(f.what);
    result = EXIT_FAILURE;
  }
  if (a[1] != -1) close(a[1]);
  close(b[0]);

  int status = -1;
  while (waitpid(pid, &status, 0) == -1 && errno == EINTR) continue;
  if (status != 0) {
    fprintf(stderr, "child: %s %d\n", WIFSIGNALED(status) ? "signal" : "exit", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    result = EXIT_FAILURE;
  }
  return result;
}
