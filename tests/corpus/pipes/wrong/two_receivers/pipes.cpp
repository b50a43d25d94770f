// One thread sends, two receive: while one prints, the other can already read.
#include <array>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <system_error>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr std::size_t kBlock = 16;  // small, so that there is something to do in parallel

pid_t child_pid = -1;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    if (child_pid > 0) {
        kill(child_pid, SIGKILL);
        while (waitpid(child_pid, nullptr, 0) < 0 && errno == EINTR) {}
    }
    _exit(1);
}

template <std::size_t N>
std::size_t get(int fd, std::array<char, N>& block, const char* what) {
    for (;;) {
        const ssize_t n = read(fd, block.data(), N);
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno != EINTR) die(what);
    }
}

void put(int fd, const char* p, std::size_t n, const char* what) {
    while (n > 0) {
        const ssize_t k = write(fd, p, n);
        if (k < 0 && errno != EINTR) die(what);
        if (k > 0) p += k, n -= static_cast<std::size_t>(k);
    }
}

void child(int in, int out) {
    std::array<char, kBlock> block;
    while (const auto n = get(in, block, "child: read")) {
        for (std::size_t i = 0; i < n; ++i)
            if (block[i] >= 'a' && block[i] <= 'z') block[i] = static_cast<char>(block[i] - 'a' + 'A');
        put(out, block.data(), n, "child: write");
    }
    _exit(0);
}

void sender(int to) {
    std::array<char, 8192> block;
    while (const auto n = get(STDIN_FILENO, block, "stdin")) put(to, block.data(), n, "send");
    close(to);
}

void receiver(int from) {
    std::array<char, 8192> block;
    while (const auto n = get(from, block, "receive")) put(STDOUT_FILENO, block.data(), n, "stdout");
}

}  // namespace

int main() {
    int to[2], from[2];
    std::signal(SIGPIPE, SIG_IGN);
    if (pipe(to) < 0 || pipe(from) < 0) die("pipe");
    child_pid = fork();
    if (child_pid < 0) die("fork");
    if (child_pid == 0) {
        close(to[1]);
        close(from[0]);
        child(to[0], from[1]);
    }
    close(to[0]);
    close(from[1]);

    std::vector<std::thread> team;
    try {
        team.emplace_back(sender, to[1]);
        team.emplace_back(receiver, from[0]);
        team.emplace_back(receiver, from[0]);
    } catch (const std::system_error& e) {
        errno = e.code().value();
        die("thread");
    }
    for (std::size_t i = 1; i < team.size(); ++i) team[i].join();

    int status = 0;
    while (waitpid(child_pid, &status, 0) < 0)
        if (errno != EINTR) die("waitpid");
    if (status != 0) {
        std::fprintf(stderr, "child: %d\n", status);
        _exit(1);
    }
    team[0].join();
    return 0;
}
