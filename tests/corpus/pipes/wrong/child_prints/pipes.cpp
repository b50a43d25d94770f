// The child makes capitals and prints them, and sends back how many there were.
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <string>
#include <system_error>
#include <sys/wait.h>
#include <unistd.h>

template <typename F>
auto retry(const char *name, F f) {
    while (true) {
        const auto r = f();
        if (r != -1) return r;
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), name);
    }
}

std::string read_some(int fd) {
    char buffer[4096];
    const auto n = retry("read", [&] { return read(fd, buffer, sizeof buffer); });
    return std::string(buffer, n);
}

void write_all(int fd, const std::string &s) {
    for (std::size_t i = 0; i < s.size();)
        i += retry("write", [&] { return write(fd, s.data() + i, s.size() - i); });
}

void child(int in, int out) {
    for (std::string s; !(s = read_some(in)).empty();) {
        for (char &c : s)
            if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
        write_all(STDOUT_FILENO, s);
        write_all(out, std::to_string(s.size()) + '\n');
    }
}

void parent(int out, int in) {
    for (std::string s; !(s = read_some(STDIN_FILENO)).empty();) {
        write_all(out, s);
        std::size_t done = 0;
        std::string line;
        while (done < s.size()) {                   // one number for each block of the child
            const auto answer = read_some(in);
            if (answer.empty()) throw std::runtime_error("no answer");
            for (char c : answer) {
                if (c != '\n') { line += c; continue; }
                done += std::stoul(line);
                line.clear();
            }
        }
    }
}

int main() {
    int a[2], b[2];
    pid_t pid = -1;
    int result = 0;
    std::signal(SIGPIPE, SIG_IGN);
    try {
        retry("pipe", [&] { return pipe(a); });
        retry("pipe", [&] { return pipe(b); });
        pid = retry("fork", [] { return fork(); });
        if (pid == 0) {
            close(a[1]);
            close(b[0]);
            child(a[0], b[1]);
            _exit(0);
        }
        close(a[0]);
        close(b[1]);
        parent(a[1], b[0]);
    } catch (const std::exception &e) {
        std::cerr << (pid == 0 ? "child: " : "parent: ") << e.what() << '\n';
        if (pid == 0) _exit(1);
        result = 1;
    }
    if (pid > 0) {
        close(a[1]);
        close(b[0]);
        int status = 1;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
        if (status != 0) {
            std::cerr << "child: status " << status << '\n';
            result = 1;
        }
    }
    return result;
}
