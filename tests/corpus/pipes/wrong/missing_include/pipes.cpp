#include <iostream>
#include <string>
#include <algorithm>
#include <csignal>
#include <unistd.h>

// uppercase through a child

static std::string upper(std::string s)
{
    std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
    return s;
}

static bool write_all(int fd, const std::string &s)
{
    size_t done = 0;
    while (done < s.size()) {
        ssize_t n = write(fd, s.data() + done, s.size() - done);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            done += n;
    }
    return true;
}

static int read_some(int fd, std::string &s)
{
    char block[2048];
    ssize_t n;
    while ((n = read(fd, block, sizeof block)) < 0 && errno == EINTR)
        ;
    if (n >= 0)
        s.assign(block, n);
    return n;
}

int main()
{
    int there[2], back[2];
    std::string s, t;
    std::signal(SIGPIPE, SIG_IGN);
    if (pipe(there) < 0 || pipe(back) < 0) {
        std::cerr << "pipe\n";
        return 1;
    }
    pid_t pid = fork();
    if (pid < 0) {
        std::cerr << "fork\n";
        return 1;
    }
    if (pid == 0) {
        close(there[1]);
        close(back[0]);
        int n;
        while ((n = read_some(there[0], s)) > 0)
            if (!write_all(back[1], upper(s)))
                _exit(1);
        _exit(n < 0);
    }
    close(there[0]);
    close(back[1]);
    bool good = true;
    while (good && read_some(0, s) > 0) {
        good = write_all(there[1], s);
        for (size_t left = s.size(); good && left > 0; left -= t.size())
            good = read_some(back[0], t) > 0 && write_all(1, t);
    }
    close(there[1]);
    close(back[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    if (!good || status != 0)
        std::cerr << "failed\n";
    return good && status == 0 ? 0 : 1;
}
