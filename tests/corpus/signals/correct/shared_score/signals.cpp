#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <new>
#include <regex>
#include <string>

// The child's own count of its answers, where the parent can read it when all is over.
using Score = std::atomic<int>;

static Score* make_score() {
  const int fd = shm_open("/score", O_RDWR | O_CREAT | O_EXCL, 0600);
  if (fd == -1) return nullptr;
  bool ok = shm_unlink("/score") == 0 || shm_unlink("/score") == 0;  // nobody else needs the name
  ok = ok && ftruncate(fd, sizeof(Score)) == 0;
  void* p = ok ? mmap(nullptr, sizeof(Score), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
  const int e = errno;
  close(fd);
  errno = e;
  return p == MAP_FAILED ? nullptr : new (p) Score(0);
}

static int wait_for(const sigset_t& set) {
  int sig;
  while ((sig = sigwaitinfo(&set, nullptr)) == -1 && errno == EINTR) {}
  return sig;
}

static int answer(pid_t parent, Score& score, const sigset_t& set) {
  int sig;
  while ((sig = wait_for(set)) == SIGUSR1) {
    if (kill(parent, SIGUSR2) == -1) break;
    ++score;
  }
  if (sig == SIGTERM) return 0;
  perror("child");
  return 1;
}

int main(int argc, char* argv[]) {
  static const std::regex number("0*([0-9]{1,5}|100000)");
  if (argc != 2 || !std::regex_match(argv[1], number)) {
    std::cerr << "usage: signals N, where 0 <= N <= 100000\n";
    return 2;
  }
  const int n = std::stoi(argv[1]);

  sigset_t parents, childs, all;
  sigemptyset(&parents);
  for (int s : {SIGINT, SIGUSR2, SIGCHLD}) sigaddset(&parents, s);
  sigemptyset(&childs);
  for (int s : {SIGUSR1, SIGTERM}) sigaddset(&childs, s);
  sigfillset(&all);
  if (sigprocmask(SIG_SETMASK, &all, nullptr) == -1) {
    perror("sigprocmask");
    return 1;
  }
  std::ofstream("/tmp/signals.log", std::ios::app) << "playing " << n << std::endl;

  Score* score = make_score();
  if (!score) {
    perror("score");
    return 1;
  }
  const pid_t me = getpid();
  const pid_t pid = fork();
  if (pid == -1) {
    perror("fork");
    return 1;
  }
  if (pid == 0) _exit(answer(me, *score, childs));

  std::string word = "rounds", trouble;
  for (int i = 0; i < n && word == "rounds" && trouble.empty(); i++) {
    const int sig = kill(pid, SIGUSR1) == -1 ? -1 : wait_for(parents);
    if (sig == SIGINT) word = "interrupted";
    if (sig == SIGCHLD) trouble = "the child died early";
    if (sig == -1) trouble = strerror(errno);
  }
  sigset_t late;
  if (sigpending(&late) == -1) trouble = "sigpending";
  else if (sigismember(&late, SIGINT)) word = "interrupted";

  if (trouble.empty() && kill(pid, SIGTERM) == -1) trouble = "kill";
  if (!trouble.empty()) kill(pid, SIGKILL);
  int status = 0;
  if (waitpid(pid, &status, 0) == -1) {
    trouble = "waitpid";
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
  }
  if (trouble.empty() && status != 0) trouble = "the child did not exit 0";
  if (trouble.empty()) {
    std::cout << word << " " << *score << std::endl;
    if (!std::cout) trouble = "stdout";
  }
  if (!trouble.empty()) {
    std::cerr << "signals: " << trouble << std::endl;
    return 1;
  }
  return word == "rounds" ? 0 : 1;
}
