#include <algorithm>
#include <cctype>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

// Everything that can fail throws.
template <typename Call, typename... Args>
auto must(const char *name, Call call, Args... args) {
  for (;;) {
    auto result = call(args...);
    if (result >= 0) return result;
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), name);
  }
}

struct Stream {
  int fd;
  const char *name;

  std::string get() const {
    char room[PIPE_BUF];
    auto n = must(name, ::read, fd, room, sizeof room);
    return {room, room + n};
  }
  void put(std::string_view text) const {
    while (!text.empty()) text.remove_prefix(must(name, ::write, fd, text.data(), text.size()));
  }
  void close() {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
};

void child(Stream in, Stream out) {
  for (std::string text; !(text = in.get()).empty(); out.put(text))
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
}

void parent(Stream &question, Stream &answer) {
  const Stream input{0, "stdin"}, output{1, "stdout"};
  std::string unsent;
  for (;;) {
    pollfd fds[3] = {{answer.fd, POLLIN, 0}, {-1, POLLOUT, 0}, {-1, POLLIN, 0}};
    if (!unsent.empty()) fds[1].fd = question.fd;
    else if (question.fd >= 0) fds[2].fd = 0;
    must("poll", ::poll, fds, nfds_t{3}, -1);
    if (fds[0].revents) {
      const auto text = answer.get();
      if (text.empty()) return;
      output.put(text);
    }
    if (fds[1].revents) {
      question.put(unsent);
      unsent.clear();
    }
    if (fds[2].revents) {
      unsent = input.get();
      if (unsent.empty()) question.close();
    }
  }
}

int main() {
  int a[2], b[2], status = 0;
  bool good = true;
  pid_t pid = 0;
  try {
    must("pipe", ::pipe, a);
    must("pipe", ::pipe, b);
    pid = must("fork", ::fork);
    if (pid == 0) {
      ::close(a[1]);
      ::close(b[0]);
      child({a[0], "child: read"}, {b[1], "child: write"});
      _exit(0);
    }
  } catch (const std::exception &e) {
    std::fprintf(stderr, "%s\n", e.what());
    _exit(1);
  }
  ::close(a[0]);
  ::close(b[1]);
  Stream question{a[1], "question"}, answer{b[0], "answer"};
  try {
    parent(question, answer);
  } catch (const std::exception &e) {
    std::fprintf(stderr, "%s\n", e.what());
    good = false;
  }
  question.close();
  answer.close();
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  if (status != 0) std::fprintf(stderr, "child: status %d\n", status);
  return good && status == 0 ? 0 : 1;
}
