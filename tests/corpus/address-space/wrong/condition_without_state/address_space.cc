#include <cstdio>
#include <cstdlib>
#include <new>
#include <cstdint>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

// A monitor in shared memory.
class Monitor
{
public:
    Monitor()
    {
        pthread_mutexattr_t m;
        pthread_condattr_t c;
        pthread_mutexattr_init(&m);
        pthread_mutexattr_setpshared(&m, PTHREAD_PROCESS_SHARED);
        pthread_mutex_init(&mutex, &m);
        pthread_condattr_init(&c);
        pthread_condattr_setpshared(&c, PTHREAD_PROCESS_SHARED);
        pthread_cond_init(&ready, &c);
    }
    void signal_ready(bool success)
    {
        pthread_mutex_lock(&mutex);
        ok = success;
        pthread_cond_signal(&ready);
        pthread_mutex_unlock(&mutex);
    }
    bool wait_ready()
    {
        pthread_mutex_lock(&mutex);
        pthread_cond_wait(&ready, &mutex);
        bool result = ok;
        pthread_mutex_unlock(&mutex);
        return result;
    }
    int number = 1;

private:
    pthread_mutex_t mutex;
    pthread_cond_t ready;
    bool ok = false;
};

static int number = 1;

static bool print(const char* who, const Monitor* m)
{
    std::printf("%s %p %d %d\n", who, (void*)&number, number, m->number);
    return std::fflush(stdout) == 0;
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
    void* page = mmap(0, sizeof(Monitor), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        std::perror("mmap");
        return 1;
    }
    Monitor* monitor = new (page) Monitor;
    int go[2];
    if (pipe(go) == -1) {
        std::perror("pipe");
        return 1;
    }

    pid_t pid = fork();
    if (pid == -1) {
        std::perror("fork");
        return 1;
    }
    if (pid == 0) {
        close(go[1]);
        number = monitor->number = 2;
        bool ok = print("child", monitor);
        if (!ok)
            std::perror("child");
        monitor->signal_ready(ok);
        char c;
        if (read(go[0], &c, 1) == -1) {
            std::perror("child");
            ok = false;
        }
        _exit(ok ? 0 : 1);
    }

    close(go[0]);
    bool ok = monitor->wait_ready();
    if (ok) {
        int copy;
        iovec to = {&copy, sizeof copy}, from = {&number, sizeof number};
        if (process_vm_readv(pid, &to, 1, &from, 1, 0) == -1)
            std::printf("peer denied\n");
        else
            std::printf("peer %d\n", copy);
        ok = std::fflush(stdout) == 0;
    }
    close(go[1]);
    int status;
    if (waitpid(pid, &status, 0) == -1 || status != 0 || !ok || !print("parent", monitor)) {
        std::fprintf(stderr, "address_space failed\n");
        return 1;
    }
    if (std::uint64_t f = frame())
        std::printf("frame 0x%llx\n", (unsigned long long)f);
    else
        std::printf("frame hidden\n");
    return std::fflush(stdout) == 0 ? 0 : (std::perror("stdout"), 1);
}
