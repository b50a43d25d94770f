#include <cstdint>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <memory>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

[[noreturn]] static void raise_error(const char* what)
{
    throw std::system_error(errno, std::system_category(), what);
}

class Event
{
public:
    Event() : fd(eventfd(0, EFD_CLOEXEC)) { if (fd == -1) raise_error("eventfd"); }
    ~Event() { close(fd); }
    Event(const Event&) = delete;
    void set() { if (eventfd_write(fd, 1) == -1) raise_error("eventfd_write"); }
    void wait() { eventfd_t n; if (eventfd_read(fd, &n) == -1) raise_error("eventfd_read"); }
private:
    int fd;
};

// Sets the event when the scope is left, however it is left: nobody shall wait for ever.
struct SetAtEnd
{
    Event& event;
    ~SetAtEnd() { try { event.set(); } catch (...) { try { event.set(); } catch (...) {} } }
};

static void print(const char* who, const int& mine, const int& ours)
{
    std::cout << who << ' ' << &mine << ' ' << mine << ' ' << ours << '\n';
    if (!std::cout.flush())
        raise_error("stdout");
}

static void print_peer(pid_t pid, const int& mine)
{
    int found = 0;
    iovec to{&found, sizeof found}, from{const_cast<int*>(&mine), sizeof mine};
    if (process_vm_readv(pid, &to, 1, &from, 1, 0) == -1)
        std::cout << "peer denied\n";
    else
        std::cout << "peer " << found << '\n';
    if (!std::cout.flush())
        raise_error("stdout");
}

static void print_frame(const int& mine)
{
    std::uint64_t entry = 0;
    if (int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC); fd != -1) {
        off_t at = reinterpret_cast<std::uintptr_t>(&mine) / sysconf(_SC_PAGESIZE) * sizeof entry;
        if (pread(fd, &entry, sizeof entry, at) != sizeof entry)
            entry = 0;
        close(fd);
    }
    entry &= ~(~std::uint64_t{0} << 55);
    if (entry)
        std::cout << "frame 0x" << std::hex << entry << '\n';
    else
        std::cout << "frame hidden\n";
    if (!std::cout.flush())
        raise_error("stdout");
}

int main()
{
    try {
        auto mine = std::make_unique<int>(1);
        void* page = mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            raise_error("mmap");
        int& ours = *new (page) int(1);
        Event printed, go;

        pid_t pid = fork();
        if (pid == -1)
            raise_error("fork");
        if (pid == 0) {
            int status = 0;
            try {
                SetAtEnd said{printed};
                *mine = ours = 2;
                print("child", *mine, ours);
            } catch (const std::exception& e) {
                std::cerr << "child: " << e.what() << std::endl;
                status = 1;
            }
            try {
                if (status == 0)
                    go.wait();
            } catch (const std::exception& e) {
                std::cerr << "child: " << e.what() << std::endl;
            }
            _exit(status);
        }

        try {
            printed.wait();
            print_peer(pid, *mine);
            go.set();
        } catch (...) {
            kill(pid, SIGKILL);
            waitpid(pid, nullptr, 0);
            throw;
        }
        waitpid(pid, nullptr, 0);
        print("parent", *mine, ours);
        print_frame(*mine);
    } catch (const std::exception& e) {
        std::cerr << "parent: " << e.what() << std::endl;
        return 1;
    }
}
