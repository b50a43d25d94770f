#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int number = 1;

// The frames of the first pages. The program lies somewhere in them.
static std::vector<std::uint64_t> page_table()
{
    std::vector<std::uint64_t> table(1ul << 27, 0);
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd >= 0) {
        std::uintptr_t page = (std::uintptr_t)&number / 4096;
        if (pread(fd, &table[page % table.size()], 8, page * 8) != 8)
            table[page % table.size()] = 0;
        close(fd);
    }
    return table;
}

static bool print(const char* who, int shared)
{
    std::printf("%s %p %d %d\n", who, (void*)&number, number, shared);
    return std::fflush(stdout) == 0;
}

int main()
{
    int* shared = (int*)mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        std::perror("mmap");
        return 1;
    }
    *shared = 1;
    pid_t pid = fork();
    if (pid < 0) {
        std::perror("fork");
        return 1;
    }
    if (pid == 0) {
        number = *shared = 2;
        if (!print("child", *shared)) {
            std::perror("child");
            _exit(1);
        }
        raise(SIGSTOP);
        _exit(0);
    }
    int status;
    if (waitpid(pid, &status, WUNTRACED) < 0 || !WIFSTOPPED(status)) {
        std::fprintf(stderr, "the child did not stop\n");
        return 1;
    }
    int value;
    iovec a = {&value, sizeof value}, b = {&number, sizeof number};
    if (process_vm_readv(pid, &a, 1, &b, 1, 0) < 0)
        std::printf("peer denied\n");
    else
        std::printf("peer %d\n", value);
    bool good = std::fflush(stdout) == 0;
    kill(pid, SIGCONT);
    if (waitpid(pid, &status, 0) < 0 || status != 0 || !good || !print("parent", *shared)) {
        std::fprintf(stderr, "failed\n");
        return 1;
    }
    auto table = page_table();
    std::uint64_t frame = table[(std::uintptr_t)&number / 4096 % table.size()] & 0x7fffffffffffff;
    if (frame)
        std::printf("frame 0x%llx\n", (unsigned long long)frame);
    else
        std::printf("frame hidden\n");
    return std::fflush(stdout) == 0 ? 0 : 1;
}
