// Grossbuchstaben, auch die Umlaute: "ärger" -> "ÄRGER"
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <sys/wait.h>
#include <unistd.h>

static unsigned char gross(unsigned char c)
{
  if (c >= 'a' && c <= 'z') return c - 32;
  if (c >= 0xe0 && c != 0xf7 && c != 0xff) return c - 32;  // ISO 8859-1: à bis þ, ohne ÷ und ÿ
  return c;
}

static void fehler(const char *was, pid_t kind = 0)
{
  std::perror(was);
  if (kind > 0) {
    kill(kind, SIGKILL);
    waitpid(kind, nullptr, 0);
  }
  _exit(EXIT_FAILURE);
}

static bool lies(int fd, std::string &s)
{
  s.resize(8192);
  ssize_t n;
  while ((n = read(fd, &s[0], s.size())) < 0)
    if (errno != EINTR) return false;
  s.resize(n);
  return true;
}

static bool schreib(int fd, const std::string &s)
{
  const char *p = s.data(), *ende = p + s.size();
  while (p != ende) {
    const ssize_t n = write(fd, p, ende - p);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) p += n;
  }
  return true;
}

int main()
{
  int hin[2], her[2];
  std::signal(SIGPIPE, SIG_IGN);
  if (pipe(hin) < 0 || pipe(her) < 0) fehler("pipe");
  const pid_t kind = fork();
  if (kind < 0) fehler("fork");
  if (kind == 0) {
    close(hin[1]);
    close(her[0]);
    std::string s;
    for (;;) {
      if (!lies(hin[0], s)) fehler("Kind: read");
      if (s.empty()) _exit(EXIT_SUCCESS);
      std::transform(s.begin(), s.end(), s.begin(), gross);
      if (!schreib(her[1], s)) fehler("Kind: write");
    }
  }
  close(hin[0]);
  close(her[1]);

  std::thread sender;
  try {
    sender = std::thread([&] {
      std::string s;
      do {
        if (!lies(0, s)) fehler("stdin", kind);
        if (!schreib(hin[1], s)) fehler("ans Kind", kind);
      } while (!s.empty());
      close(hin[1]);
    });
  } catch (const std::system_error &) {
    errno = EAGAIN;
    fehler("thread", kind);
  }
  std::string s;
  for (;;) {
    if (!lies(her[0], s)) fehler("vom Kind", kind);
    if (s.empty()) break;
    if (!schreib(1, s)) fehler("stdout", kind);
  }
  int status;
  while (waitpid(kind, &status, 0) < 0)
    if (errno != EINTR) fehler("waitpid");
  if (status != 0) {
    std::fprintf(stderr, "Kind: Status %d\n", status);
    _exit(EXIT_FAILURE);  // der Sender liest vielleicht noch
  }
  sender.join();
  return EXIT_SUCCESS;
}
