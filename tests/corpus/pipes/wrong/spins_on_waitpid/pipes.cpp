#include <cstring>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

// Requests of at most 1 KiB; each is answered before the next is sent.
class Link {
public:
    Link() { if (pipe(a) != 0 || pipe(b) != 0) throw "pipe"; }
    void be_parent() { shut(a[0]); shut(b[1]); in = b[0]; out = a[1]; }
    void be_child() { shut(a[1]); shut(b[0]); in = a[0]; out = b[1]; }
    void hang_up() { shut(in); shut(out); }

    std::string_view receive(size_t most = sizeof buffer) {
        return receive_from(in, most);
    }
    std::string_view receive_from(int fd, size_t most = sizeof buffer) {
        ssize_t n;
        while ((n = read(fd, buffer, most)) < 0)
            if (errno != EINTR) throw "read";
        return {buffer, static_cast<size_t>(n)};
    }
    void send(std::string_view s) { send_to(out, s); }
    static void send_to(int fd, std::string_view s) {
        while (!s.empty()) {
            ssize_t n = write(fd, s.data(), s.size());
            if (n < 0 && errno != EINTR) throw "write";
            if (n > 0) s.remove_prefix(n);
        }
    }
    char buffer[1024];

private:
    static void shut(int &fd) { if (fd >= 0) close(fd); fd = -1; }
    int a[2], b[2], in = -1, out = -1;
};

static void work(Link &link) {
    for (;;) {
        auto s = link.receive();
        if (s.empty()) return;
        for (size_t i = 0; i < s.size(); ++i) {
            char &c = link.buffer[i];
            if (c >= 'a' && c <= 'z') c &= 0x5f;
        }
        link.send(s);
    }
}

static void ask(Link &link) {
    for (;;) {
        const auto s = link.receive_from(0);
        if (s.empty()) return;
        link.send(s);
        for (size_t left = s.size(); left > 0;) {
            const auto t = link.receive(left);
            if (t.empty()) { errno = ECHILD; throw "no answer"; }
            Link::send_to(1, t);
            left -= t.size();
        }
    }
}

int main() {
    std::signal(SIGPIPE, SIG_IGN);
    pid_t pid = -1;
    int status = 0, result = 0;
    try {
        Link link;
        pid = fork();
        if (pid < 0) throw "fork";
        if (pid == 0) {
            link.be_child();
            work(link);
            _exit(0);
        }
        link.be_parent();
        try {
            ask(link);
        } catch (const char *what) {
            std::cerr << what << ": " << std::strerror(errno) << "\n";
            result = 1;
        }
        link.hang_up();
    } catch (const char *what) {
        std::cerr << what << ": " << std::strerror(errno) << "\n";
        if (pid == 0) _exit(1);
        return 1;
    }
    // wait until the child is gone
    while (waitpid(pid, &status, WNOHANG) == 0)
        ;
    if (status != 0) {
        std::cerr << "the child has failed\n";
        result = 1;
    }
    return result;
}
