// A hundred threads send, one byte each in turn: that must be faster than one.
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>
#include <sys/wait.h>
#include <unistd.h>

static std::mutex mutex;
static std::condition_variable changed;
static std::size_t turn = 0;
static pid_t pid = -1;

static void give_up(const char *why) {
    std::perror(why);
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
    }
    _exit(1);
}

static bool get(int fd, std::string &s) {
    s.resize(1000);
    ssize_t n;
    while ((n = read(fd, s.data(), s.size())) < 0)
        if (errno != EINTR) give_up("read");
    s.resize(n);
    return n > 0;
}

static void put(int fd, const std::string &s) {
    for (std::size_t i = 0; i < s.size();) {
        const ssize_t n = write(fd, s.data() + i, s.size() - i);
        if (n < 0 && errno != EINTR) give_up("write");
        if (n > 0) i += n;
    }
}

constexpr std::size_t kThreads = 100;

static void send(int fd, std::size_t first, const std::string &text) {
    for (std::size_t number = first; number < text.size(); number += kThreads) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return turn == number; });
        put(fd, text.substr(number, 1));
        ++turn;
        changed.notify_all();
    }
}

int main() {
    int a[2], b[2], status = 0;
    std::signal(SIGPIPE, SIG_IGN);
    std::string text, s;
    while (get(0, s)) text += s;
    if (pipe(a) < 0 || pipe(b) < 0) give_up("pipe");
    pid = fork();
    if (pid < 0) give_up("fork");
    if (pid == 0) {
        close(a[1]);
        close(b[0]);
        while (get(a[0], s)) {
            for (char &c : s)
                if (c >= 'a' && c <= 'z') c -= 32;
            put(b[1], s);
        }
        _exit(0);
    }
    close(a[0]);
    close(b[1]);

    std::thread receiver;
    std::vector<std::thread> threads;
    try {
        receiver = std::thread([&] {
            std::string t;
            while (get(b[0], t)) put(1, t);
        });
        for (std::size_t i = 0; i < kThreads; ++i) threads.emplace_back(send, a[1], i, std::cref(text));
    } catch (const std::system_error &e) {
        errno = e.code().value();
        give_up("thread");
    }
    for (auto &thread : threads) thread.join();
    close(a[1]);
    receiver.join();
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) give_up("waitpid");
    if (status != 0) std::fprintf(stderr, "child: %d\n", status);
    return status != 0;
}
