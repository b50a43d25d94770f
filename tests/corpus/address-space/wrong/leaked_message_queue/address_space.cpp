#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iostream>

#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

// A private queue; the child has it last, and removes it.
class Queue {
public:
    Queue() : id(msgget(IPC_PRIVATE, 0600)) {}
    bool ok() const { return id != -1; }
    bool tell(long type)
    {
        Message m = {type, 0};
        while (msgsnd(id, &m, sizeof m.nothing, 0) == -1)
            if (errno != EINTR)
                return false;
        return true;
    }
    long hear()
    {
        Message m;
        while (msgrcv(id, &m, sizeof m.nothing, 0, 0) == -1)
            if (errno != EINTR)
                return 0;
        return m.type;
    }
    void remove() { msgctl(id, IPC_RMID, nullptr); }

private:
    struct Message {
        long type;
        char nothing;
    };
    int id;
};

enum { kPrinted = 1, kFailed = 2 };

static bool line(const char* who, int& a, int& b)
{
    std::cout << who << ' ' << &a << ' ' << a << ' ' << b << std::endl;
    return std::cout.good();
}

int main()
{
    static int a = 1;
    void* m = mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED) {
        std::perror("mmap");
        return 1;
    }
    int& b = *new (m) int(1);
    Queue queue;
    if (!queue.ok()) {
        std::perror("msgget");
        return 1;
    }
    pid_t pid = fork();
    if (pid == -1) {
        std::perror("fork");
        queue.remove();
        return 1;
    }
    if (pid == 0) {
        a = b = 2;
        if (!line("child", a, b) || !queue.tell(kPrinted)) {
            std::perror("child");
            queue.tell(kFailed);
            _exit(1);
        }
        pause();
        queue.remove();
        _exit(0);
    }

    bool good = queue.hear() == kPrinted;
    if (good) {
        int c = 0;
        iovec to{&c, sizeof c}, from{&a, sizeof a};
        if (process_vm_readv(pid, &to, 1, &from, 1, 0) == -1)
            std::cout << "peer denied" << std::endl;
        else
            std::cout << "peer " << c << std::endl;
        good = std::cout.good();
    }
    kill(pid, SIGTERM);
    int status;
    if (waitpid(pid, &status, 0) == -1 || !good || !line("parent", a, b)) {
        std::cerr << "address_space: failed\n";
        queue.remove();
        return 1;
    }
    std::uint64_t e = 0;
    if (int fd = open("/proc/self/pagemap", O_RDONLY); fd != -1) {
        if (pread(fd, &e, sizeof e, reinterpret_cast<std::uintptr_t>(&a) / getpagesize() * 8) != sizeof e)
            e = 0;
        close(fd);
    }
    if (e &= (1ull << 55) - 1)
        std::cout << "frame 0x" << std::hex << e << std::endl;
    else
        std::cout << "frame hidden" << std::endl;
    if (!std::cout) {
        std::perror("stdout");
        queue.remove();
        return 1;
    }
}
