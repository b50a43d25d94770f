#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

// The conversation:  child: 'p' (printed)   parent: 'g' (go)   child: 'e' (ends), then end of file
static char next(int s)
{
    char c;
    ssize_t n = recv(s, &c, 1, 0);
    if (n < 0)
        std::cerr << "recv: " << strerror(errno) << std::endl;
    return n == 1 ? c : '\0';
}

static bool say(int s, char c)
{
    if (send(s, &c, 1, MSG_NOSIGNAL) == 1)
        return true;
    std::cerr << "send: " << strerror(errno) << std::endl;
    return false;
}

static bool print(const char* who, int* mine, int ours)
{
    std::cout << who << " " << mine << " " << *mine << " " << ours << std::endl;
    if (!std::cout)
        std::cerr << "can't print" << std::endl;
    return std::cout.good();
}

int main()
{
    int* mine = new int(1);
    int* ours = (int*)mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ours == MAP_FAILED) {
        std::perror("mmap");
        return 1;
    }
    *ours = 1;
    int s[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, s)) {
        std::perror("socketpair");
        return 1;
    }
    pid_t pid = fork();
    if (pid < 0) {
        std::perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(s[0]);
        *mine = *ours = 2;
        bool good = print("child", mine, *ours) && say(s[1], 'p') && next(s[1]) == 'g' && say(s[1], 'e');
        _exit(good ? 0 : 1);
    }

    close(s[1]);
    bool good = next(s[0]) == 'p';
    if (good) {
        int theirs = 0;
        struct iovec a = {&theirs, sizeof theirs}, b = {mine, sizeof *mine};
        if (process_vm_readv(pid, &a, 1, &b, 1, 0) < 0)
            std::cout << "peer denied" << std::endl;
        else
            std::cout << "peer " << theirs << std::endl;
        good = std::cout.good() && say(s[0], 'g');
    }
    good = good && next(s[0]) == 'e';
    shutdown(s[0], SHUT_WR);
    while (next(s[0]) != '\0') // until the child has gone
        continue;
    if (!good) {
        std::cerr << "parent: gave up" << std::endl;
        return 1;
    }

    if (!print("parent", mine, *ours))
        return 1;
    std::uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd >= 0) {
        if (pread(fd, &entry, 8, (std::uintptr_t)mine / 4096 * 8) != 8)
            entry = 0;
        close(fd);
    }
    entry &= (1ull << 55) - 1;
    if (entry)
        std::cout << "frame 0x" << std::hex << entry << std::endl;
    else
        std::cout << "frame hidden" << std::endl;
    if (!std::cout) {
        std::cerr << "can't print" << std::endl;
        return 1;
    }
    return 0;
}
