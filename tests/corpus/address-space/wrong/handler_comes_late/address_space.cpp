#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <sstream>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {
volatile std::sig_atomic_t released = 0;

void release(int) { released = 1; }

struct Lab {
    int ordinary = 1;
    int* shared = nullptr;
    int ready[2];
    pid_t child = -1;

    bool print(const std::string& text) {
        std::cout << text << std::endl;
        if (!std::cout) std::perror("stdout");
        return bool(std::cout);
    }
    std::string values(const char* who) {
        std::ostringstream text;
        text << who << ' ' << &ordinary << ' ' << ordinary << ' ' << *shared;
        return text.str();
    }
    int run_child() {
        close(ready[0]);
        ordinary = *shared = 2;
        // nothing gets in but in sigsuspend
        sigset_t block, before;
        sigemptyset(&block);
        sigaddset(&block, SIGTERM);
        sigprocmask(SIG_BLOCK, &block, &before);
        sigdelset(&before, SIGTERM);
        if (!print(values("child"))) return 1;
        sigprocmask(SIG_SETMASK, &before, nullptr);
        if (write(ready[1], "1", 1) != 1) {
            std::perror("child: write");
            return 1;
        }
        sigprocmask(SIG_BLOCK, &block, nullptr);
        struct sigaction action = {};
        action.sa_handler = release;
        if (sigaction(SIGTERM, &action, nullptr) == -1) {
            std::perror("child: sigaction");
            return 1;
        }
        while (!released) sigsuspend(&before);
        return 0;
    }
    bool run_parent() {
        close(ready[1]);
        char c;
        if (read(ready[0], &c, 1) != 1) {
            std::cerr << "the child has told nothing\n";
            return false;
        }
        int value = 0;
        iovec here{&value, sizeof value}, there{&ordinary, sizeof ordinary};
        std::ostringstream text;
        if (process_vm_readv(child, &here, 1, &there, 1, 0) == -1) text << "peer denied";
        else text << "peer " << value;
        return print(text.str());
    }
    std::string frame() {
        std::uint64_t entry = 0;
        int fd = open("/proc/self/pagemap", O_RDONLY);
        if (fd != -1) {
            off_t at = reinterpret_cast<std::uintptr_t>(&ordinary) / getpagesize() * sizeof entry;
            if (pread(fd, &entry, sizeof entry, at) != sizeof entry) entry = 0;
            close(fd);
        }
        entry &= ~0ULL >> 9;
        std::ostringstream text;
        if (entry) text << "frame 0x" << std::hex << entry;
        else text << "frame hidden";
        return text.str();
    }
    int run() {
        void* page = mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED) return std::perror("mmap"), 1;
        shared = static_cast<int*>(page);
        *shared = 1;
        if (pipe(ready) == -1) return std::perror("pipe"), 1;
        child = fork();
        if (child == -1) return std::perror("fork"), 1;
        if (child == 0) _exit(run_child());
        const bool good = run_parent();
        kill(child, SIGTERM);
        int status;
        if (waitpid(child, &status, 0) == -1) return std::perror("waitpid"), 1;
        if (!good || status != 0) {
            std::cerr << "child's status: " << status << '\n';
            return 1;
        }
        return print(values("parent")) && print(frame()) ? 0 : 1;
    }
};
}  // namespace

int main() { return Lab().run(); }
