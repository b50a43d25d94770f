#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>
#include <sys/wait.h>
#include <unistd.h>

using std::string;

[[noreturn]] static void sys(const char *call) { throw std::system_error(errno, std::system_category(), call); }

static string slurp_some(int fd) {
  string s(32 * 1024, 0);
  ssize_t n;
  while ((n = read(fd, s.data(), s.size())) == -1)
    if (errno != EINTR) sys("read");
  return s.substr(0, n);
}

static string slurp(int fd) {
  string all;
  for (string s; (s = slurp_some(fd)) != "";) all += s;
  return all;
}

static void spill(int fd, const string &s) {
  for (size_t i = 0; i < s.size();) {
    ssize_t n = write(fd, s.data() + i, s.size() - i);
    if (n == -1 && errno != EINTR) sys("write");
    if (n > 0) i += n;
  }
}

static string capitals(string s) {
  for (char &c : s)
    if (c >= 'a' && c <= 'z') c -= 32;
  return s;
}

static int child(int in, int out) {
  try {
    for (string s; (s = slurp_some(in)) != "";) spill(out, capitals(s));
    return 0;
  } catch (std::system_error &e) {
    std::cerr << "child: " << e.what() << std::endl;
    return 1;
  }
}

int main() {
  int to[2], from[2];
  string text;
  std::signal(SIGPIPE, SIG_IGN);
  try {
    text = slurp(0);
    if (pipe(to) == -1 || pipe(from) == -1) sys("pipe");
  } catch (std::system_error &e) {
    std::cerr << e.what() << std::endl;
    return 1;
  }
  if (text.at(text.size() - 1) != '\n') std::cerr << "note: no newline at the end" << std::endl;

  pid_t pid = fork();
  if (pid == -1) {
    std::cerr << "fork failed" << std::endl;
    return 1;
  }
  if (pid == 0) {
    close(to[1]);
    close(from[0]);
    _exit(child(to[0], from[1]));
  }
  close(to[0]);
  close(from[1]);

  bool sent = true, received = true;
  try {
    std::jthread sender([&] {
      try { spill(to[1], text); } catch (std::system_error &e) { sent = false; }
      close(to[1]);
    });
    try {
      for (string s; (s = slurp_some(from[0])) != "";) spill(1, s);
    } catch (std::system_error &e) {
      received = false;
    }
    close(from[0]);
  } catch (std::system_error &e) {
    received = false;
    close(to[1]);
    close(from[0]);
  }
  int status = -1;
  while (waitpid(pid, &status, 0) == -1 && errno == EINTR) {}
  if (sent && received && status == 0) return 0;
  std::cerr << "sent: " << sent << " received: " << received << " child: " << status << std::endl;
  return 1;
}
