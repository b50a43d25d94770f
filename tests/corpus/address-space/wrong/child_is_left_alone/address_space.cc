#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct Common
{
    int value;
    int broken;
    sem_t printed, leave;
};

static int value = 1;

static void print(const char* format, ...)
{
    va_list list;
    va_start(list, format);
    std::vprintf(format, list);
    va_end(list);
    if (std::fflush(stdout) != 0)
    {
        std::perror("address_space");
        std::exit(1);
    }
}

static Common* common;

static void child_broke()
{
    common->broken = 1;
    sem_post(&common->printed);
}

static void child()
{
    std::atexit(child_broke); // print() may end us
    value = common->value = 2;
    print("child %p %d %d\n", (void*)&value, value, common->value);
    sem_post(&common->printed);
    sem_wait(&common->leave);
    _exit(0);
}

static void look(pid_t pid)
{
    int other;
    iovec to = {&other, sizeof other}, from = {&value, sizeof value};
    if (process_vm_readv(pid, &to, 1, &from, 1, 0) < 0)
        print("peer denied\n");
    else
        print("peer %d\n", other);
}

static void frame()
{
    std::uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd >= 0)
    {
        if (pread(fd, &entry, 8, (std::uintptr_t)&value / 4096 * 8) != 8)
            entry = 0;
        close(fd);
    }
    entry &= (1ull << 55) - 1;
    if (entry)
        print("frame 0x%llx\n", (unsigned long long)entry);
    else
        print("frame hidden\n");
}

int main()
{
    common = (Common*)mmap(0, sizeof(Common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (common == MAP_FAILED || sem_init(&common->printed, 1, 0) || sem_init(&common->leave, 1, 0))
    {
        std::perror("common page");
        return 1;
    }
    common->value = 1;
    common->broken = 0;
    pid_t pid = fork();
    if (pid < 0)
    {
        std::perror("fork");
        return 1;
    }
    if (pid == 0)
        child();

    sem_wait(&common->printed);
    if (!common->broken)
        look(pid);
    sem_post(&common->leave);
    int status;
    if (waitpid(pid, &status, 0) < 0 || status != 0)
    {
        std::fprintf(stderr, "the child failed\n");
        return 1;
    }
    print("parent %p %d %d\n", (void*)&value, value, common->value);
    frame();
}
