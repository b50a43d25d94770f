// C++20, pselect in the parent, ppoll in the child
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <iostream>
#include <poll.h>
#include <string_view>
#include <sys/select.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace {
volatile std::sig_atomic_t answer = 0, intr = 0, term = 0, asked = 0, chld = 0;
extern "C" void handle(int s) {
    switch (s) {
        case SIGUSR1: asked = 1; break;
        case SIGUSR2: answer = 1; break;
        case SIGINT: intr = 1; break;
        case SIGTERM: term = 1; break;
        case SIGCHLD: chld = 1; break;
    }
}
[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

struct Child {
    pid_t pid = -1;
    ~Child() { if (pid > 0) { ::kill(pid, SIGKILL); wait(); } }
    int wait() {
        int st = 0;
        while (::waitpid(pid, &st, 0) < 0)
            if (errno != EINTR) fail_once();
        pid = -1;
        return st;
    }
    int tries = 0;
    void fail_once() { if (tries++ == 0) { std::cerr << "waitpid failed\n"; broken = true; return; } std::abort(); }
    bool broken = false;
};

int play(int n) {
    sigset_t block, open;
    sigemptyset(&block);
    for (int s : {SIGUSR1, SIGUSR2, SIGINT, SIGTERM, SIGCHLD}) sigaddset(&block, s);
    if (sigprocmask(SIG_BLOCK, &block, &open) < 0) fail("sigprocmask");
    for (int s : {SIGUSR1, SIGUSR2, SIGINT, SIGTERM, SIGCHLD}) sigdelset(&open, s);
    struct sigaction sa{};
    sa.sa_handler = handle;
    for (int s : {SIGUSR1, SIGUSR2, SIGINT, SIGTERM, SIGCHLD})
        if (sigaction(s, &sa, nullptr) < 0) fail("sigaction");
    const pid_t parent = getpid();
    Child c;
    c.pid = fork();
    if (c.pid < 0) fail("fork");
    if (c.pid == 0) {
        while (!term) {
            if (asked) { asked = 0; if (kill(parent, SIGUSR2) < 0) _exit(1); continue; }
            if (ppoll(nullptr, 0, nullptr, &open) < 0 && errno != EINTR) { std::cerr << "ppoll\n"; _exit(1); }
        }
        _exit(0);
    }
    int k = 0;
    while (k < n && !intr) {
        if (kill(c.pid, SIGUSR1) < 0) fail("kill");
        while (!answer && !intr && !chld)
            if (pselect(0, nullptr, nullptr, nullptr, nullptr, &open) < 0 && errno != EINTR) fail("pselect");
        if (answer) { answer = 0; ++k; }
        if (chld) { std::cerr << "child died\n"; c.wait(); return 1; }
    }
    const bool stopped = intr;
    if (kill(c.pid, SIGTERM) < 0) fail("kill");
    int st = c.wait();
    if (c.broken) return 1;
    if (!WIFEXITED(st) || WEXITSTATUS(st) != 0) { std::cerr << "child ended badly\n"; return 1; }
    sigprocmask(SIG_SETMASK, &open, nullptr);
    std::cout << (stopped ? "interrupted " : "rounds ") << k << std::endl;
    if (!std::cout) { std::cerr << "cannot print\n"; return 1; }
    return stopped ? 1 : 0;
}
}

int main(int argc, char** argv) try {
    int n = 0;
    if (argc != 2) { std::cerr << "usage: signals N\n"; return 2; }
    std::string_view a = argv[1];
    if (a.empty() || a.find_first_not_of("0123456789") != a.npos) { std::cerr << "usage: signals N\n"; return 2; }
    auto [p, ec] = std::from_chars(a.data(), a.data() + a.size(), n);
    if (ec != std::errc{} || n > 100000) { std::cerr << "usage: signals N\n"; return 2; }
    return play(n);
} catch (const std::exception& e) {
    std::cerr << "signals: " << e.what() << '\n';
    return 1;
}
