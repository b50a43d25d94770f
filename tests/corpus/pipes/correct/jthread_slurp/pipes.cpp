// Reads all of stdin first; one thread feeds the child while main() collects.
#include <csignal>
#include <cstring>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace std::literals;

namespace {

[[noreturn]] void raise_errno(const char *what) { throw std::system_error{errno, std::system_category(), what}; }

void send(int fd, std::string_view data)
{
    while (not data.empty()) {
        const auto n = ::write(fd, data.data(), data.size());
        if (n >= 0) data.remove_prefix(n);
        else if (errno != EINTR) raise_errno("write");
    }
}

// nullopt at the end
std::optional<std::string> receive(int fd)
{
    std::string piece(16'384, '\0');
    for (;;) {
        const auto n = ::read(fd, piece.data(), piece.size());
        if (n < 0 and errno == EINTR) continue;
        if (n < 0) raise_errno("read");
        if (n == 0) return std::nullopt;
        piece.resize(n);
        return piece;
    }
}

int child(int in, int out)
try {
    while (auto piece = receive(in)) {
        for (char &c : *piece)
            if ("abcdefghijklmnopqrstuvwxyz"sv.find(c) != std::string_view::npos) c ^= ' ';
        send(out, *piece);
    }
    return 0;
} catch (const std::exception &e) {
    std::cerr << "child: " << e.what() << '\n';
    return 1;
}

struct Ends { int read, write; };

Ends make_pipe()
{
    int fd[2];
    if (::pipe(fd) != 0) raise_errno("pipe");
    return {fd[0], fd[1]};
}

} // namespace

int main()
try {
    std::signal(SIGPIPE, SIG_IGN);

    std::string input;
    while (auto piece = receive(STDIN_FILENO)) input += *piece;

    const auto a = make_pipe(), b = make_pipe();
    const auto pid = ::fork();
    if (pid < 0) raise_errno("fork");
    if (pid == 0) {
        ::close(a.write);
        ::close(b.read);
        ::_exit(child(a.read, b.write));
    }
    ::close(a.read);
    ::close(b.write);

    bool good = true;
    const auto complain = [&](const std::exception &e) {
        std::cerr << "parent: " << e.what() << '\n';
        return false;
    };
    bool sent = true;   // the feeder's alone until it is joined
    try {
        std::jthread feeder{[&] {
            try { send(a.write, input); } catch (const std::exception &e) { sent = complain(e); }
            ::close(a.write);
        }};
        try {
            while (auto piece = receive(b.read)) send(STDOUT_FILENO, *piece);
        } catch (const std::exception &e) {
            good = complain(e);
        }
        ::close(b.read);   // also lets go a child that we no longer listen to, and with it the feeder
    } catch (const std::system_error &e) {   // no thread to be had
        good = complain(e);
        ::close(a.write);
        ::close(b.read);
    }

    int status{};
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) raise_errno("waitpid");
    if (WIFSIGNALED(status)) std::cerr << "parent: child killed: " << ::strsignal(WTERMSIG(status)) << '\n';
    return good and sent and status == 0 ? 0 : 1;
} catch (const std::exception &e) {
    std::cerr << "pipes: " << e.what() << '\n';
    return 1;
}
