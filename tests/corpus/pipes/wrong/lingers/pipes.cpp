// pipes with iostreams-like helpers
#include <cerrno>
#include <csignal>
#include <iostream>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace {

class Reader {
    int fd_;
public:
    explicit Reader(int fd) : fd_{fd} {}
    bool failed = false;
    bool operator()(std::string& s, std::size_t most = 3000) {
        s.resize(most);
        ssize_t n;
        do n = ::read(fd_, s.data(), most);
        while (n < 0 and errno == EINTR);
        failed = n < 0;
        s.resize(n > 0 ? n : 0);
        return n > 0;
    }
};

class Writer {
    int fd_;
public:
    explicit Writer(int fd) : fd_{fd} {}
    bool operator()(std::string_view s) {
        while (not s.empty()) {
            const auto n = ::write(fd_, s.data(), s.size());
            if (n < 0 and errno != EINTR) return false;
            if (n > 0) s.remove_prefix(n);
        }
        return true;
    }
};

[[noreturn]] void child(int in, int out) {
    Reader get{in};
    Writer put{out};
    std::string s;
    while (get(s)) {
        for (auto& c : s) if ('a' <= c and c <= 'z') c -= 'a' - 'A';
        if (not put(s)) {
            std::cerr << "child: cannot write\n";
            ::_exit(1);
        }
    }
    if (get.failed) {
        std::cerr << "child: cannot read\n";
        ::_exit(1);
    }
    ::close(out);
    ::sleep(3600);   // so that I can see it in ps; remove before handing in!
    ::_exit(0);
}

}

int main() {
    int to[2], from[2];
    ::signal(SIGPIPE, SIG_IGN);
    if (::pipe(to) < 0 or ::pipe(from) < 0) {
        std::cerr << "no pipe\n";
        return 1;
    }
    const auto pid = ::fork();
    if (pid < 0) {
        std::cerr << "no fork\n";
        return 1;
    }
    if (pid == 0) {
        ::close(to[1]);
        ::close(from[0]);
        child(to[0], from[1]);
    }
    ::close(to[0]);
    ::close(from[1]);

    Reader input{STDIN_FILENO}, answer{from[0]};
    Writer question{to[1]}, output{STDOUT_FILENO};
    std::string s, t;
    const char* wrong = nullptr;
    while (not wrong and input(s)) {
        if (not question(s)) wrong = "question";
        for (auto left = s.size(); left > 0 and not wrong; left -= t.size())
            if (not answer(t, left)) wrong = "answer";
            else if (not output(t)) wrong = "output";
    }
    if (input.failed) wrong = "input";
    ::close(to[1]);
    if (not wrong and (answer(s) or answer.failed)) wrong = "end";
    ::close(from[0]);

    int status = 0;
    if (wrong) {
        std::cerr << wrong << " failed\n";
        ::kill(pid, SIGKILL);
        ::waitpid(pid, &status, 0);
        return 1;
    }
    // the child has closed its pipe, so it is gone
    ::waitpid(pid, &status, WNOHANG);
    if (status != 0) {
        std::cerr << "child: " << status << '\n';
        return 1;
    }
    return 0;
}
