// Parent <-> child through two pipes, multiplexed with poll().
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace {

enum End { R, W };
using Pipe = std::array<int, 2>;

struct Trouble { const char* where; int why; };

int ok(const char* where, int result) {
  if (result < 0) throw Trouble{where, errno};
  return result;
}

template <class F> int patiently(const char* where, F f) {
  int r;
  do r = f(); while (r < 0 && errno == EINTR);
  return ok(where, r);
}

std::string get(const char* where, int fd) {
  std::string s(4096, 0);
  s.resize(patiently(where, [&] { return read(fd, s.data(), s.size()); }));
  return s;
}

void put(const char* where, int fd, std::string s) {
  while (!s.empty()) s.erase(0, patiently(where, [&] { return write(fd, s.data(), s.size()); }));
}

int child(Pipe down, Pipe up) try {
  close(down[W]);
  close(up[R]);
  for (;;) {
    auto s = get("child: read", down[R]);
    if (s.empty()) return 0;
    for (auto& c : s) c = c < 'a' || c > 'z' ? c : c - 'a' + 'A';
    put("child: write", up[W], s);
  }
} catch (const Trouble& t) {
  errno = t.why;
  perror(t.where);
  return 1;
}

void parent(Pipe& down, Pipe up) {
  std::string todo;
  close(up[W]);
  for (bool open = true;;) {
    pollfd p[3] = {{open && todo.empty() ? 0 : -1, POLLIN, 0},
                   {todo.empty() ? -1 : down[W], POLLOUT, 0},
                   {up[R], POLLIN, 0}};
    patiently("poll", [&] { return poll(p, 3, -1); });
    if (p[0].revents) {
      todo = get("stdin", 0);
      if (todo.empty()) {
        open = false;
        close(down[W]);
        down[W] = -1;
      }
    }
    if (p[1].revents) {
      put("to child", down[W], todo);
      todo.clear();
    }
    if (p[2].revents) {
      auto s = get("from child", up[R]);
      if (s.empty()) return;
      put("stdout", 1, s);
    }
  }
}

}  // namespace

int main() {
  Pipe down{}, up{};
  std::signal(SIGPIPE, SIG_IGN);
  pid_t pid = -1;
  int result = 0;
  try {
    ok("pipe", pipe(down.data()));
    ok("pipe", pipe(up.data()));
    pid = ok("fork", fork());
    if (pid == 0) _exit(child(down, up));
    parent(down, up);
  } catch (const Trouble& t) {
    errno = t.why;
    perror(t.where);
    result = 1;
  }
  if (pid > 0) {
    if (down[W] >= 0) close(down[W]);
    close(up[R]);
    int status = 1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    if (status) {
      std::fprintf(stderr, "the child ended with %d\n", status);
      result = 1;
    }
  }
  return result;
}
