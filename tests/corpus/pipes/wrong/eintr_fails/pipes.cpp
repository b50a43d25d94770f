// With a handler for SIGCHLD, so that the parent knows early when the child dies.
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>
#include <sys/wait.h>
#include <unistd.h>

volatile sig_atomic_t child_died = 0;

extern "C" void handler(int) { child_died = 1; }

class Failure {
public:
    explicit Failure(const std::string &what) : text(what + ": " + strerror(errno)) {}
    const std::string text;
};

std::vector<char> receive(int fd, const char *name)
{
    std::vector<char> data(4096);
    const ssize_t n = read(fd, data.data(), data.size());
    if (n < 0) throw Failure(name);
    data.resize(n);
    return data;
}

void transmit(int fd, const std::vector<char> &data, const char *name)
{
    std::size_t done = 0;
    while (done < data.size()) {
        const ssize_t n = write(fd, data.data() + done, data.size() - done);
        if (n < 0) throw Failure(name);
        done += n;
    }
}

void child(int in, int out)
{
    for (;;) {
        auto data = receive(in, "child: read");
        if (data.empty()) return;
        for (auto &c : data)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
        transmit(out, data, "child: write");
    }
}

void parent(int out, int in)
{
    for (;;) {
        const auto data = receive(STDIN_FILENO, "stdin");
        if (data.empty()) return;
        transmit(out, data, "to child");
        for (std::size_t back = 0; back < data.size();) {
            const auto answer = receive(in, "from child");
            if (child_died || answer.empty()) {
                errno = ECHILD;
                throw Failure("child");
            }
            transmit(STDOUT_FILENO, answer, "stdout");
            back += answer.size();
        }
    }
}

int main()
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGCHLD, &action, nullptr);
    signal(SIGPIPE, SIG_IGN);

    int p[2], q[2];
    if (pipe(p) != 0 || pipe(q) != 0) {
        std::cerr << "pipe: " << strerror(errno) << '\n';
        return 1;
    }
    const pid_t pid = fork();
    if (pid < 0) {
        std::cerr << "fork: " << strerror(errno) << '\n';
        return 1;
    }
    bool good = true;
    try {
        if (pid == 0) {
            close(p[1]);
            close(q[0]);
            child(p[0], q[1]);
            _exit(0);
        }
        close(p[0]);
        close(q[1]);
        parent(p[1], q[0]);
    } catch (const Failure &failure) {
        std::cerr << failure.text << '\n';
        if (pid == 0) _exit(1);
        good = false;
    }
    close(p[1]);
    close(q[0]);
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    if (status != 0) std::cerr << "child ended with " << status << '\n';
    return good && status == 0 ? 0 : 1;
}
