// Exercise 4: pipes (C++17)
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

struct SysError : std::runtime_error {
    explicit SysError(const std::string& what) : runtime_error(what + ": " + std::strerror(errno)) {}
};

std::string read_chunk(int fd)
{
    std::string chunk(1024, '\0');
    for (;;) {
        auto n = ::read(fd, chunk.data(), chunk.size());
        if (n >= 0) { chunk.resize(n); return chunk; }
        if (errno != EINTR) throw SysError("read");
    }
}

void write_chunk(int fd, std::string_view chunk)
{
    while (!chunk.empty()) {
        auto n = ::write(fd, chunk.data(), chunk.size());
        if (n >= 0) chunk.remove_prefix(n);
        else if (errno != EINTR) throw SysError("write");
    }
}

void child(int in, int out)
{
    for (std::string chunk; !(chunk = read_chunk(in)).empty();) {
        std::for_each(chunk.begin(), chunk.end(), [](char& c) { if (c >= 'a' && c <= 'z') c -= 'a' - 'A'; });
        write_chunk(out, chunk);
    }
    ::close(out);   // so the parent knows that there is no more
}

void parent(int& out, int in)
{
    std::string pending;
    for (;;) {
        pollfd p[2] = {{in, POLLIN, 0}, {out, POLLOUT, 0}};
        if (pending.empty()) p[1] = {out < 0 ? -1 : STDIN_FILENO, POLLIN, 0};
        if (::poll(p, 2, -1) < 0) {
            if (errno == EINTR) continue;
            throw SysError("poll");
        }
        if (p[1].revents && !pending.empty()) {
            write_chunk(out, pending);
            pending.clear();
        } else if (p[1].revents) {
            pending = read_chunk(STDIN_FILENO);
            if (pending.empty()) { ::close(out); out = -1; }
        }
        if (p[0].revents) {
            const auto chunk = read_chunk(in);
            if (chunk.empty()) return;
            write_chunk(STDOUT_FILENO, chunk);
        }
    }
}

int main()
{
    int a[2], b[2];
    std::signal(SIGPIPE, SIG_IGN);
    if (::pipe(a) || ::pipe(b)) { std::perror("pipe"); return 1; }
    const pid_t pid = ::fork();
    if (pid < 0) { std::perror("fork"); return 1; }
    int result = 0;
    try {
        if (pid == 0) {
            ::close(a[1]);
            ::close(b[0]);
            child(a[0], b[1]);
            ::_exit(0);
        }
        ::close(a[0]);
        ::close(b[1]);
        parent(a[1], b[0]);
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        if (pid == 0) ::_exit(1);
        result = 1;
    }
    if (a[1] >= 0) ::close(a[1]);
    ::close(b[0]);

    ::sleep(1);     // it has closed its pipe and will be gone in a moment
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) != pid) {
        std::cerr << "the child hangs\n";
        ::kill(pid, SIGKILL);
        ::waitpid(pid, &status, 0);
        return 1;
    }
    if (status != 0) {
        std::cerr << "the child failed\n";
        result = 1;
    }
    return result;
}
