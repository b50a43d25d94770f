// with debug output, to see where it hangs
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#define DEBUG(x) std::cerr << getpid() << ": " << x << std::endl

// the whole buffer in hexadecimal
static std::string dump(const char *b, size_t size)
{
    std::string s;
    for (size_t i = 0; i < size; ++i) {
        s += i % 32 == 0 ? '\n' : ' ';
        s += "0123456789abcdef"[b[i] >> 4 & 15];
        s += "0123456789abcdef"[b[i] & 15];
    }
    return s;
}

static bool write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno != EINTR) return false;
        if (k > 0) p += k, n -= k;
    }
    return true;
}

static int child(int in, int out)
{
    char b[16384] = {};
    while (true) {
        ssize_t n = read(in, b, sizeof b);
        DEBUG("child: read " << n << " bytes from descriptor " << in << dump(b, sizeof b));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return 1;
        for (ssize_t i = 0; i < n; ++i)
            if (b[i] >= 'a' && b[i] <= 'z') b[i] -= 32;
        if (!write_all(out, b, n)) return 1;
        DEBUG("child: wrote " << n << " bytes to descriptor " << out);
    }
}

int main()
{
    int a[2], b[2];
    std::signal(SIGPIPE, SIG_IGN);
    if (pipe(a) < 0 || pipe(b) < 0) {
        DEBUG("pipe: " << std::strerror(errno));
        return 1;
    }
    pid_t pid = fork();
    if (pid < 0) {
        DEBUG("fork: " << std::strerror(errno));
        return 1;
    }
    if (pid == 0) {
        close(a[1]);
        close(b[0]);
        _exit(child(a[0], b[1]));
    }
    close(a[0]);
    close(b[1]);

    char block[1024];
    bool good = true;
    ssize_t n;
    while (good && (n = read(0, block, sizeof block)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        good = n > 0 && write_all(a[1], block, n);
        while (good && n > 0) {
            ssize_t k = read(b[0], block, n);
            DEBUG("parent: read " << k);
            if (k < 0 && errno == EINTR) continue;
            good = k > 0 && write_all(1, block, k);
            n -= k;
        }
    }
    if (!good) DEBUG("parent: " << std::strerror(errno));
    close(a[1]);
    int status = 0;
    waitpid(pid, &status, 0);
    close(b[0]);
    return good && status == 0 ? 0 : 1;
}
