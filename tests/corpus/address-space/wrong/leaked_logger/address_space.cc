#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

// All that happens goes to a logger process, which writes it on stderr.
class Logger
{
public:
    bool start()
    {
        int fd[2];
        std::signal(SIGPIPE, SIG_IGN); // should the logger die, we go on without it
        if (pipe(fd) == -1)
            return false;
        out = fd[1];
        pid_t first = fork();
        if (first == -1)
            return false;
        if (first == 0)
        {
            // a grandchild, so that nobody has to wait for it
            pid_t second = fork();
            if (second == 0)
                log(fd[0]);
            _exit(second == -1 ? 1 : 0);
        }
        close(fd[0]);
        int status;
        return waitpid(first, &status, 0) == first && status == 0;
    }
    // A log line that gets lost is no harm.
    void operator()(const char* text)
    {
        if (write(out, text, 1) == -1)
            std::perror("logger");
    }

private:
    [[noreturn]] static void log(int in)
    {
        char c;
        std::fclose(stdout);
        while (read(in, &c, 1) == 1)
            std::fprintf(stderr, "log: %c\n", c);
        _exit(0);
    }
    int out = -1;
};

static int number = 1;

static bool print(const char* format, ...)
{
    va_list args;
    va_start(args, format);
    int n = std::vprintf(format, args);
    va_end(args);
    if (n >= 0 && std::fflush(stdout) == 0)
        return true;
    std::perror("stdout");
    return false;
}

static std::uint64_t frame()
{
    std::uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd == -1)
        return 0;
    if (pread(fd, &entry, 8, (std::uintptr_t)&number / 4096 * 8) != 8)
        entry = 0;
    close(fd);
    return entry & ((1ull << 55) - 1);
}

int main()
{
    int ready[2], go[2];
    Logger log;
    if (!log.start())
    {
        std::perror("logger");
        return 1;
    }
    int* page = (int*)mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED || pipe(ready) == -1 || pipe(go) == -1)
    {
        std::perror("setup");
        return 1;
    }
    *page = 1;
    pid_t pid = fork();
    if (pid == -1)
    {
        std::perror("fork");
        return 1;
    }
    char c = 0;
    if (pid == 0)
    {
        close(ready[0]);
        close(go[1]);
        number = *page = 2;
        if (!print("child %p %d %d\n", (void*)&number, number, *page))
            _exit(1);
        log("c");
        if (write(ready[1], &c, 1) == -1 || read(go[0], &c, 1) == -1)
        {
            std::perror("child");
            _exit(1);
        }
        _exit(0);
    }
    close(ready[1]);
    close(go[0]);
    bool good = read(ready[0], &c, 1) == 1;
    if (good)
    {
        int value;
        iovec a = {&value, sizeof value}, b = {&number, sizeof number};
        good = process_vm_readv(pid, &a, 1, &b, 1, 0) == -1 ? print("peer denied\n") : print("peer %d\n", value);
        log("p");
    }
    close(go[1]);
    int status;
    if (waitpid(pid, &status, 0) == -1 || status != 0 || !good)
    {
        std::fprintf(stderr, "no result\n");
        return 1;
    }
    log("e");
    if (!print("parent %p %d %d\n", (void*)&number, number, *page))
        return 1;
    std::uint64_t f = frame();
    return (f ? print("frame 0x%llx\n", (unsigned long long)f) : print("frame hidden\n")) ? 0 : 1;
}
