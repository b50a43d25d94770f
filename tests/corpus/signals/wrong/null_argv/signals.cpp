#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

// Number of rounds, or -1.
static long rounds(const char *text, int argc)
{
    const std::string first(text);
    if (argc != 2 || first.empty())
        return -1;
    for (char c : first)
        if (c < '0' || c > '9')
            return -1;
    const long n = std::strtol(text, nullptr, 10);
    return n <= 100000 ? n : -1;
}

static int await(const sigset_t &s)
{
    int r;
    while ((r = sigwaitinfo(&s, nullptr)) == -1)
        if (errno != EINTR) {
            std::perror("sigwaitinfo");
            break;
        }
    return r;
}

int main(int argc, char **argv)
{
    const long n = rounds(argv[1], argc);
    if (n == -1) {
        std::cerr << "usage: signals N\n";
        return 2;
    }

    sigset_t s;
    sigfillset(&s);
    if (sigprocmask(SIG_BLOCK, &s, nullptr) == -1) {
        std::perror("sigprocmask");
        return 1;
    }
    const pid_t boss = getpid();
    const pid_t pid = fork();
    if (pid == -1) {
        std::perror("fork");
        return 1;
    }
    if (pid == 0) {
        int r;
        while ((r = await(s)) == SIGUSR1)
            if (kill(boss, SIGUSR2) == -1) {
                std::perror("kill");
                _exit(1);
            }
        _exit(r == SIGTERM ? 0 : 1);
    }

    long i = 0;
    int r = SIGUSR2;
    while (i < n && r == SIGUSR2) {
        r = kill(pid, SIGUSR1) == -1 ? -1 : await(s);
        i += r == SIGUSR2;
    }
    bool good = r == SIGUSR2 || r == SIGINT;
    if (kill(pid, good ? SIGTERM : SIGKILL) == -1) {
        good = false;
        kill(pid, SIGKILL);
    }
    int status = 0;
    if (waitpid(pid, &status, 0) == -1) {
        good = false;
        waitpid(pid, nullptr, 0);
    }
    if (!good || status != 0) {
        std::cerr << "signals: trouble with the child\n";
        return 1;
    }
    std::cout << (r == SIGINT ? "interrupted " : "rounds ") << i << std::endl;
    if (!std::cout) {
        std::cerr << "signals: can't write\n";
        return 1;
    }
    return r == SIGINT;
}
