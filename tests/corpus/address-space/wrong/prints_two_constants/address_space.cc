#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

using std::string;

static int ordinary = 1;

static void line(const string& text)
{
    std::cout << text << std::endl;
    if (!std::cout) {
        std::cerr << "can't write\n";
        _exit(1);
    }
}

// The output has to be byte for byte as in the handout.
static string values(const string& who, int shared)
{
    return who + " 0x55d0c0ffee10 " + std::to_string(ordinary) + " " + std::to_string(shared);
}

static string frame()
{
    std::uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd != -1) {
        if (pread(fd, &entry, 8, (std::uintptr_t)&ordinary / 4096 * 8) != 8)
            entry = 0;
        close(fd);
    }
    entry &= (1ull << 55) - 1;
    if (entry == 0)
        return "hidden";
    char text[32];
    std::snprintf(text, sizeof text, "0x%llx", (unsigned long long)entry);
    return text;
}

int main()
{
    int* shared = (int*)mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        std::perror("mmap");
        return 1;
    }
    *shared = 1;
    pid_t pid = fork();
    if (pid == -1) {
        std::perror("fork");
        return 1;
    }
    if (pid == 0) {
        ordinary = *shared = 2;
        line(values("child", *shared));
        raise(SIGSTOP);
        _exit(0);
    }
    int status;
    if (waitpid(pid, &status, WUNTRACED) == -1 || !WIFSTOPPED(status)) {
        std::cerr << "the child has not stopped\n";
        return 1;
    }
    int value = 0;
    iovec to = {&value, sizeof value}, from = {&ordinary, sizeof ordinary};
    string peer = "denied";
    if (process_vm_readv(pid, &to, 1, &from, 1, 0) == (ssize_t)sizeof value)
        peer = std::to_string(value);
    std::cout << "peer " << peer << std::endl;
    bool good = bool(std::cout);
    kill(pid, SIGCONT);
    if (waitpid(pid, &status, 0) == -1 || status != 0 || !good) {
        std::cerr << "failed\n";
        return 1;
    }
    line(values("parent", *shared));
    line("frame " + frame());
    return 0;
}
