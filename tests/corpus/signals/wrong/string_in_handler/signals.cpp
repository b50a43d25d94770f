#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

// What happened, in the order in which it happened.
static std::vector<int> events;

extern "C" void remember(int sig) {
  const int saved = errno;
  events.push_back(sig);
  errno = saved;
}

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& call) : std::runtime_error(call + ": " + std::strerror(errno)) {}
};

static const std::initializer_list<int> kAll = {SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD};

class Inbox {
 public:
  Inbox() {
    sigset_t all;
    sigemptyset(&all);
    for (int s : kAll) sigaddset(&all, s);
    if (sigprocmask(SIG_BLOCK, &all, &waiting_) == -1) throw Error("sigprocmask");
    for (int s : kAll) {
      struct sigaction action {};
      action.sa_handler = remember;
      action.sa_mask = all;
      sigdelset(&waiting_, s);
      if (sigaction(s, &action, nullptr) == -1) throw Error("sigaction");
    }
  }

  int next() {
    while (events.empty()) {
      sigsuspend(&waiting_);
      if (errno != EINTR) throw Error("sigsuspend");
    }
    const int first = events.front();
    events.erase(events.begin());
    return first;
  }

 private:
  sigset_t waiting_;
};

static void child(Inbox& inbox, pid_t parent) {
  while (inbox.next() != SIGTERM) {
    if (kill(parent, SIGUSR2) == -1) throw Error("kill");
  }
}

static int parent(Inbox& inbox, pid_t pid, int rounds) {
  int played = 0;
  bool interrupted = false;
  while (played < rounds && !interrupted) {
    if (kill(pid, SIGUSR1) == -1) throw Error("kill");
    switch (inbox.next()) {
      case SIGUSR2: ++played; break;
      case SIGINT: interrupted = true; break;
      default: throw std::runtime_error("the child died");
    }
  }
  if (kill(pid, SIGTERM) == -1) throw Error("kill");
  int status = 0;
  if (waitpid(pid, &status, 0) == -1) throw Error("waitpid");
  if (status != 0) {
    std::cerr << "the child died\n";
    return 1;
  }
  std::cout << (interrupted ? "interrupted " : "rounds ") << played << std::endl;
  if (!std::cout) {
    std::cerr << "can't print\n";
    return 1;
  }
  return interrupted ? 1 : 0;
}

int main(int argc, char* argv[]) {
  const std::string n = argc == 2 ? argv[1] : "";
  if (n.empty() || n.find_first_not_of("0123456789") != std::string::npos || std::strtoul(n.c_str(), nullptr, 10) > 100000) {
    std::cerr << "usage: signals N\n";
    return 2;
  }
  pid_t pid = -1;
  try {
    Inbox inbox;
    const pid_t me = getpid();
    pid = fork();
    if (pid == -1) throw Error("fork");
    if (pid > 0) return parent(inbox, pid, std::stoi(n));
    child(inbox, me);
    _exit(0);
  } catch (const std::exception& e) {
    std::cerr << "signals: " << e.what() << std::endl;
    if (pid == 0) _exit(1);
    if (pid > 0) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
    return 1;
  }
}
