#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <future>
#include <iostream>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

// throws errno
[[noreturn]] static void oops(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

// all of it, or an exception
static void print(const std::string& line)
{
    for (std::span<const char> rest(line); !rest.empty();) {
        const auto n = ::write(1, rest.data(), rest.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            oops("stdout");
        rest = rest.subspan(n);
    }
}

static std::string values(const char* who, const int* mine, int ours)
{
    std::ostringstream out;
    out << who << ' ' << mine << ' ' << *mine << ' ' << ours << '\n';
    return out.str();
}

struct Channel {
    int in, out;
    Channel()
    {
        int fds[2];
        if (pipe2(fds, O_CLOEXEC) < 0)
            oops("pipe");
        in = fds[0];
        out = fds[1];
    }
    ~Channel() { shut(in), shut(out); }
    Channel(const Channel&) = delete;
    static void shut(int& fd)
    {
        if (fd >= 0)
            ::close(fd);
        fd = -1;
    }
    bool receive() const
    {
        char c;
        ssize_t n;
        do
            n = ::read(in, &c, 1);
        while (n < 0 && errno == EINTR);
        if (n < 0)
            oops("pipe");
        return n == 1;
    }
    void send() const
    {
        while (::write(out, "x", 1) < 0)
            if (errno != EINTR)
                oops("pipe");
    }
};

static std::string frame(const int* p)
{
    std::uint64_t e = 0;
    if (const int fd = ::open("/proc/self/pagemap", O_RDONLY); fd >= 0) {
        const off_t where = reinterpret_cast<std::uintptr_t>(p) / ::sysconf(_SC_PAGE_SIZE) * sizeof e;
        if (::pread(fd, &e, sizeof e, where) != sizeof e)
            e = 0;
        ::close(fd);
    }
    e &= (std::uint64_t{1} << 55) - 1;
    std::ostringstream out;
    e ? out << "frame 0x" << std::hex << e << '\n' : out << "frame hidden\n";
    return out.str();
}

int main()
{
    try {
        static int mine = 1;
        auto* const ours = static_cast<int*>(
            ::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
        if (ours == MAP_FAILED)
            oops("mmap");
        *ours = 1;
        Channel ready, go;

        const pid_t pid = ::fork();
        if (pid < 0)
            oops("fork");
        if (pid == 0) {
            try {
                Channel::shut(ready.in);
                Channel::shut(go.out);
                mine = *ours = 2;
                print(values("child", &mine, *ours));
                ready.send();
                go.receive();
                ::_exit(0);
            } catch (const std::exception& e) {
                std::cerr << "child: " << e.what() << std::endl;
                ::_exit(1);
            }
        }
        Channel::shut(ready.out);
        Channel::shut(go.in);

        // The thread comes after the fork: a fork copies only the thread that calls it.
        std::promise<int> ended;
        auto status = ended.get_future();
        std::thread waiter;
        const auto reap = [pid, &ended] {
            int s = -1;
            while (::waitpid(pid, &s, 0) < 0 && errno == EINTR)
                ;
            ended.set_value(s);
        };
        try {
            waiter = std::thread(reap);
            if (!ready.receive())
                throw std::runtime_error("the child ended early");
            int theirs = 0;
            const iovec to{&theirs, sizeof theirs}, from{&mine, sizeof mine};
            const bool seen = ::process_vm_readv(pid, &to, 1, &from, 1, 0) == sizeof theirs;
            print(seen ? "peer " + std::to_string(theirs) + '\n' : "peer denied\n");
        } catch (...) {
            Channel::shut(go.out);
            waiter.joinable() ? waiter.join() : reap();
            throw;
        }
        Channel::shut(go.out); // its end is what the child waits for
        waiter.join();
        if (status.get() != 0)
            throw std::runtime_error("the child failed");

        print(values("parent", &mine, *ours));
        print(frame(&mine));
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "address_space: " << e.what() << std::endl;
        return 1;
    }
}
