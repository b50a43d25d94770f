// Nothing here ever waits in a read or a write of a pipe: they are all non-blocking, and when nobody
// has anything to do, there is a nap.
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

enum class Got { some, nothing, end };

struct error {
    std::string call;
    int number;
};

Got try_read(int fd, std::string &to) {
    char room[7000];
    const ssize_t n = read(fd, room, sizeof room);
    if (n > 0) {
        to.append(room, n);
        return Got::some;
    }
    if (n == 0) return Got::end;
    if (errno == EAGAIN || errno == EINTR) return Got::nothing;
    throw error{"read", errno};
}

bool try_write(int fd, std::string &from) {
    const ssize_t n = write(fd, from.data(), from.size());
    if (n >= 0) {
        from.erase(0, n);
        return n > 0;
    }
    if (errno == EAGAIN || errno == EINTR) return false;
    throw error{"write", errno};
}

void nonblocking(int fd) {
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0) throw error{"fcntl", errno};
}

void child(int in, int out) {
    nonblocking(in);
    nonblocking(out);
    std::string text;
    for (bool end = false; !end || !text.empty();) {
        bool busy = false;
        if (!end && text.empty()) {
            const Got got = try_read(in, text);
            end = got == Got::end;
            busy = got == Got::some;
            for (char &c : text)
                if (c >= 'a' && c <= 'z') c -= 32;
        }
        if (!text.empty() && try_write(out, text)) busy = true;
        if (!busy && !end) std::this_thread::sleep_for(2ms);
        else if (!busy && !text.empty()) std::this_thread::sleep_for(2ms);
    }
}

void parent(int &to, int from) {
    nonblocking(to);
    nonblocking(from);
    std::string out, in;
    for (bool end = false; !end;) {
        bool busy = false;
        if (to >= 0 && out.empty()) {
            // stdin is left as it is: it may be shared with whoever started us
            const Got got = try_read(STDIN_FILENO, out);
            busy = got == Got::some;
            if (got == Got::end) {
                close(to);
                to = -1;
            }
        }
        if (!out.empty() && try_write(to, out)) busy = true;
        const Got got = try_read(from, in);
        if (got == Got::some) busy = true;
        end = got == Got::end;
        while (!in.empty()) try_write(STDOUT_FILENO, in);
        if (!busy && !end) std::this_thread::sleep_for(5ms);
    }
}

int main() {
    int q[2], a[2];
    std::signal(SIGPIPE, SIG_IGN);
    if (pipe(q) || pipe(a)) {
        std::cerr << "no pipes\n";
        return 1;
    }
    const pid_t pid = fork();
    if (pid < 0) {
        std::cerr << "no child\n";
        return 1;
    }
    int result = 0;
    try {
        if (pid == 0) {
            close(q[1]);
            close(a[0]);
            child(q[0], a[1]);
            _exit(0);
        }
        close(q[0]);
        close(a[1]);
        parent(q[1], a[0]);
    } catch (const error &e) {
        std::cerr << (pid ? "parent: " : "child: ") << e.call << ": " << std::system_category().message(e.number) << '\n';
        if (!pid) _exit(1);
        result = 1;
    }
    if (q[1] >= 0) close(q[1]);
    close(a[0]);
    int status = 1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    if (status) std::cerr << "the child has failed: " << status << '\n';
    return status ? 1 : result;
}
