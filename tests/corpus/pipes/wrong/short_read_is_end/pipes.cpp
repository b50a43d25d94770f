// Reads blocks of 4096; the last one is shorter.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using Block = std::array<char, 4096>;
pid_t pid = 0;

void quit(const char *call) {
  std::perror(call);
  if (pid > 0) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  _exit(EXIT_FAILURE);
}

std::size_t get(int fd, Block &b) {
  ssize_t n;
  while ((n = read(fd, b.data(), b.size())) < 0)
    if (errno != EINTR) quit("read");
  return n;
}

void put(int fd, const Block &b, std::size_t size) {
  for (std::size_t i = 0; i < size;) {
    const ssize_t n = write(fd, b.data() + i, size - i);
    if (n < 0 && errno != EINTR) quit("write");
    if (n > 0) i += n;
  }
}

void send_input(int to) {
  Block b;
  std::size_t n;
  do {
    n = get(STDIN_FILENO, b);
    put(to, b, n);
  } while (n == b.size());   // the last one was shorter
  close(to);
}

void convert(int in, int out) {
  Block b;
  while (const auto n = get(in, b)) {
    for (std::size_t i = 0; i < n; ++i)
      if (b[i] >= 'a' && b[i] <= 'z') b[i] = b[i] - 'a' + 'A';
    put(out, b, n);
  }
}

}  // namespace

int main() {
  int to[2], from[2], status = 0;
  std::signal(SIGPIPE, SIG_IGN);
  if (pipe(to) < 0 || pipe(from) < 0) quit("pipe");
  pid = fork();
  if (pid < 0) quit("fork");
  if (pid == 0) {
    close(to[1]);
    close(from[0]);
    convert(to[0], from[1]);
    _exit(EXIT_SUCCESS);
  }
  close(to[0]);
  close(from[1]);
  std::thread sender;
  try {
    sender = std::thread(send_input, to[1]);
  } catch (const std::exception &) {
    quit("thread");
  }
  Block b;
  while (const auto n = get(from[0], b)) put(STDOUT_FILENO, b, n);
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) quit("waitpid");
  if (status != 0) {
    std::fprintf(stderr, "the child failed: %d\n", status);
    _exit(EXIT_FAILURE);
  }
  sender.join();
  return EXIT_SUCCESS;
}
