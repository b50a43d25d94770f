// Signals without handlers, in C++.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cerrno>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

template <int... Sigs>
struct Signals {
  sigset_t set;
  Signals() {
    sigemptyset(&set);
    (sigaddset(&set, Sigs), ...);
  }
  bool block() { return sigprocmask(SIG_BLOCK, &set, nullptr) == 0; }
  std::optional<int> operator()() {
    for (;;) {
      if (int s = sigwaitinfo(&set, nullptr); s > 0) return s;
      if (errno == EINTR) continue;
      perror("sigwaitinfo");
      return {};
    }
  }
};

[[noreturn]] void child() {
  Signals<SIGUSR1, SIGTERM> in;
  std::optional<int> s;
  while ((s = in()) == SIGUSR1)
    kill(getppid(), SIGUSR2);
  _exit(s == SIGTERM ? 0 : 1);
}

int main(int argc, char **argv) {
  std::string a(argc == 2 ? argv[1] : "?");
  if (a.empty() || a.find_first_not_of("0123456789") != a.npos || strtoul(a.c_str(), nullptr, 10) > 100000)
    return fputs("usage: signals N\n", stderr), 2;
  const int n = atoi(a.c_str());

  Signals<SIGUSR1, SIGTERM> to_child;
  Signals<SIGUSR2, SIGINT, SIGCHLD> to_parent;
  if (!to_child.block() || !to_parent.block()) return perror("sigprocmask"), 1;

  const pid_t pid = fork();
  if (pid == 0) child();
  if (pid < 0) return perror("fork"), 1;

  int k = 0;
  bool interrupted = false, good = true;
  while (good && !interrupted && k < n) {
    std::optional<int> s;
    if (kill(pid, SIGUSR1) == 0) s = to_parent(); else perror("kill");
    if (s == SIGUSR2) ++k;
    interrupted = s == SIGINT;
    good = s == SIGUSR2 || s == SIGINT;
  }
  if (good && kill(pid, SIGTERM) != 0) {
    perror("kill");
    good = false;
  }
  if (!good) kill(pid, SIGKILL);
  int status;
  if (waitpid(pid, &status, 0) != pid) {
    perror("waitpid");
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    good = false;
  }
  if (!good || status != 0) {
    fputs("signals: something went wrong with the child\n", stderr);
    return 1;
  }
  printf("%s %d\n", interrupted ? "interrupted" : "rounds", k);
  if (fflush(stdout)) return perror("stdout"), 1;
  return interrupted;
}
