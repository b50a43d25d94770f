#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>

using namespace std;

namespace {

sigset_t all;

int take() {
  // the sets need not differ: nobody sends the child SIGINT, nor the parent SIGTERM
  int sig = 0;
  return sigwait(&all, &sig) == 0 ? sig : -1;
}

int child(pid_t parent) {
  int sig;
  while ((sig = take()) == SIGUSR1)
    if (kill(parent, SIGUSR2) != 0) {
      cerr << "child: " << strerror(errno) << endl;
      return 1;
    }
  return sig == SIGTERM ? 0 : 1;
}

int failed(pid_t pid, const string& why) {
  cerr << "signals: " << why << endl;
  if (pid > 0) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  return 1;
}

int print(const string& line, int status) {
  cout << line << endl;
  return cout ? status : failed(0, "stdout");
}

}  // namespace

int main(int argc, char** argv) {
  const string arg = argc == 2 ? argv[1] : "";
  int n = 0;
  bool ok = !arg.empty() && all_of(arg.begin(), arg.end(), [](unsigned char c) { return isdigit(c); });
  for (char c : arg)
    if (ok) ok = (n = 10 * n + (c - '0')) <= 100000;
  if (!ok) {
    cerr << "usage: signals N" << endl;
    return 2;
  }

  sigemptyset(&all);
  for (int s : {SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD}) sigaddset(&all, s);
  if (sigprocmask(SIG_BLOCK, &all, nullptr) != 0) return failed(0, "sigprocmask");
  const pid_t me = getpid(), pid = fork();
  if (pid == -1) return failed(0, "fork");
  if (pid == 0) _exit(child(me));

  // nothing to play
  if (n == 0) return print("rounds 0", 0);

  int i = 0, sig = 0;
  for (; i < n; ++i) {
    if (kill(pid, SIGUSR1) != 0) return failed(pid, "kill");
    sig = take();
    if (sig == SIGINT) break;
    if (sig == SIGCHLD) return failed(pid, "child died");
    if (sig != SIGUSR2) return failed(pid, "sigwait");
  }
  if (kill(pid, SIGTERM) != 0) return failed(pid, "kill");
  int status;
  if (waitpid(pid, &status, 0) == -1) return failed(pid, "waitpid");
  if (status != 0) return failed(0, "child died");
  return print((sig == SIGINT ? "interrupted " : "rounds ") + to_string(i), sig == SIGINT);
}
