// A child that does not answer within two seconds must be dead.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

using std::fprintf;

class SigSet
{
public:
    SigSet(std::initializer_list<int> l)
    {
        sigemptyset(&s);
        for (auto i : l)
            sigaddset(&s, i);
    }
    bool block() const { return sigprocmask(SIG_BLOCK, &s, nullptr) == 0; }
    int wait() const
    {
        int r;
        do
            r = sigwaitinfo(&s, nullptr);
        while (r < 0 && errno == EINTR);
        return r;
    }
    int wait(int seconds) const
    {
        const timespec t{seconds, 0};
        int r;
        do
            r = sigtimedwait(&s, nullptr, &t);
        while (r < 0 && errno == EINTR);
        return r;
    }

private:
    sigset_t s;
};

static int childMain(pid_t parent)
{
    const SigSet in{SIGUSR1, SIGTERM};
    for (;;) {
        const int s = in.wait();
        if (s == SIGTERM)
            return EXIT_SUCCESS;
        if (s < 0 || kill(parent, SIGUSR2) < 0) {
            std::perror("child");
            return EXIT_FAILURE;
        }
    }
}

static int end(pid_t pid, int sig)
{
    int status = -1;
    if (kill(pid, sig) < 0) {
        std::perror("kill");
        kill(pid, SIGKILL);
    }
    if (waitpid(pid, &status, 0) < 0) {
        std::perror("waitpid");
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        return -1;
    }
    return status;
}

int main(int argc, char *argv[])
{
    long n = -1;
    if (argc == 2 && argv[1][0] && std::strspn(argv[1], "0123456789") == std::strlen(argv[1]))
        n = std::strtol(argv[1], nullptr, 10);
    if (n < 0 || n > 100000) {
        fprintf(stderr, "usage: signals N\n");
        return 2;
    }

    const SigSet news{SIGINT, SIGUSR2};
    if (!SigSet{SIGINT, SIGUSR1, SIGUSR2, SIGTERM}.block()) {
        std::perror("sigprocmask");
        return EXIT_FAILURE;
    }
    const pid_t me = getpid();
    const pid_t pid = fork();
    if (pid < 0) {
        std::perror("fork");
        return EXIT_FAILURE;
    }
    if (pid == 0)
        _exit(childMain(me));

    long done = 0;
    int s = SIGUSR2;
    while (done < n && s == SIGUSR2) {
        s = kill(pid, SIGUSR1) < 0 ? -1 : news.wait(2);
        if (s == SIGUSR2)
            ++done;
    }
    if (s < 0) {
        fprintf(stderr, "signals: the child does not answer\n");
        end(pid, SIGKILL);
        return EXIT_FAILURE;
    }
    if (end(pid, SIGTERM) != 0) {
        fprintf(stderr, "signals: the child has died\n");
        return EXIT_FAILURE;
    }
    std::printf("%s %ld\n", s == SIGINT ? "interrupted" : "rounds", done);
    if (std::fflush(stdout) != 0) {
        std::perror("stdout");
        return EXIT_FAILURE;
    }
    return s == SIGINT ? 1 : 0;
}
