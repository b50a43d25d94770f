// The text goes through the pipes, the statistics of the child through a message queue (to stderr).
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

struct Statistics {
  long type = 1;
  long blocks = 0;
  long letters = 0;
};
constexpr size_t kSize = sizeof(Statistics) - sizeof(long);

int queue = -1;
pid_t pid = -1;

[[noreturn]] void fail(const char *what) {
  std::perror(what);
  if (pid > 0) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  if (pid != 0) msgctl(queue, IPC_RMID, nullptr);
  _exit(1);
}

ssize_t get(int fd, char *to, size_t room) {
  ssize_t n;
  do n = read(fd, to, room); while (n < 0 && errno == EINTR);
  if (n < 0) fail("read");
  return n;
}

void put(int fd, const char *from, ssize_t size) {
  while (size > 0) {
    const ssize_t n = write(fd, from, size);
    if (n < 0 && errno != EINTR) fail("write");
    if (n > 0) from += n, size -= n;
  }
}

void child(int in, int out) {
  Statistics statistics;
  char text[5000];
  while (const ssize_t n = get(in, text, sizeof text)) {
    ++statistics.blocks;
    for (ssize_t i = 0; i < n; ++i) {
      if (text[i] < 'a' || text[i] > 'z') continue;
      text[i] -= 'a' - 'A';
      ++statistics.letters;
    }
    put(out, text, n);
  }
  while (msgsnd(queue, &statistics, kSize, 0) < 0)
    if (errno != EINTR) fail("msgsnd");
  _exit(0);
}

int main() {
  int to[2], from[2];
  std::signal(SIGPIPE, SIG_IGN);
  queue = msgget(IPC_PRIVATE, 0600);
  if (queue < 0) {
    std::perror("msgget");
    return 1;
  }
  if (pipe(to) < 0 || pipe(from) < 0) fail("pipe");
  pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) {
    close(to[1]);
    close(from[0]);
    child(to[0], from[1]);
  }
  close(to[0]);
  close(from[1]);

  std::thread writer;
  try {
    writer = std::thread([&] {
      char text[5000];
      while (const ssize_t n = get(0, text, sizeof text)) put(to[1], text, n);
      close(to[1]);
    });
  } catch (...) {
    errno = EAGAIN;
    fail("thread");
  }
  char text[5000];
  while (const ssize_t n = get(from[0], text, sizeof text)) put(1, text, n);

  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) fail("waitpid");
  pid = -1;
  if (status != 0) {
    std::fprintf(stderr, "child: status %d\n", status);
    msgctl(queue, IPC_RMID, nullptr);
    _exit(1);
  }
  writer.join();

  Statistics statistics;
  while (msgrcv(queue, &statistics, kSize, 1, IPC_NOWAIT) < 0)
    if (errno != EINTR) fail("msgrcv");
  std::fprintf(stderr, "%ld letters in %ld blocks\n", statistics.letters, statistics.blocks);
  return 0;
}
