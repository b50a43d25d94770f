// The child is let go in the plainest way: pause() until SIGTERM.  The parent
// checks afterwards that it was SIGTERM, and nothing else, that ended it.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

int variable = 1;

bool line(const char* who, int shared)
{
    std::printf("%s %p %d %d\n", who, static_cast<void*>(&variable), variable, shared);
    return std::fflush(stdout) == 0;
}

[[noreturn]] void child(int* shared)
{
    variable = 2;
    *shared = 2;
    if (!line("child", *shared) || kill(getppid(), SIGUSR2) == -1) {
        std::perror("child");
        _exit(1);
    }
    for (;;)
        pause();
}

unsigned long frame(void* p)
{
    std::ifstream pagemap;
    // The kernel gives out whole entries only, and the stream's buffer of 8191 bytes asks for less.
    pagemap.rdbuf()->pubsetbuf(nullptr, 0);
    pagemap.open("/proc/self/pagemap", std::ios::binary);
    unsigned long entry = 0;
    pagemap.seekg(reinterpret_cast<unsigned long>(p) / sysconf(_SC_PAGESIZE) * 8);
    if (!pagemap.read(reinterpret_cast<char*>(&entry), sizeof entry))
        return 0;
    return entry & 0x007f'ffff'ffff'ffff;
}

int failed(const char* what)
{
    std::perror(what);
    return EXIT_FAILURE;
}

} // namespace

int main()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, nullptr) == -1)
        return failed("sigprocmask");
    std::signal(SIGTERM, SIG_DFL); // a parent of ours may have ignored it

    void* page = mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return failed("mmap");
    int* shared = static_cast<int*>(page);
    *shared = 1;

    const pid_t pid = fork();
    if (pid == -1)
        return failed("fork");
    if (pid == 0)
        child(shared);

    int signal;
    while ((signal = sigwaitinfo(&set, nullptr)) == -1 && errno == EINTR) {
    }
    bool ok = signal == SIGUSR2;
    if (ok) {
        int copy = 0;
        iovec to{&copy, sizeof copy};
        iovec from{&variable, sizeof variable};
        if (process_vm_readv(pid, &to, 1, &from, 1, 0) == -1)
            std::puts("peer denied");
        else
            std::printf("peer %d\n", copy);
        ok = std::fflush(stdout) == 0;
    }

    kill(pid, SIGTERM);
    int status = 0;
    if (waitpid(pid, &status, 0) == -1)
        return failed("waitpid");
    if (!ok || !WIFSIGNALED(status) || WTERMSIG(status) != SIGTERM) {
        std::fputs("it did not go as it should\n", stderr);
        return EXIT_FAILURE;
    }

    if (!line("parent", *shared))
        return failed("stdout");
    if (const unsigned long f = frame(&variable))
        std::printf("frame 0x%lx\n", f);
    else
        std::puts("frame hidden");
    return std::fflush(stdout) == 0 ? EXIT_SUCCESS : failed("stdout");
}
