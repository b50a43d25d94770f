#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bitset>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

struct Meeting {
    sem_t childIsReady;
    sem_t childMayGo;
    int   sharedValue = 1;
    bool  childFailed = false;
};

// One entry of the page map, as in Documentation/admin-guide/mm/pagemap.rst
class PageMapEntry {
public:
    static PageMapEntry of(const void* address)
    {
        PageMapEntry entry;
        int fd = open("/proc/self/pagemap", O_RDONLY);
        if (fd < 0)
            return entry;
        auto page = reinterpret_cast<std::uintptr_t>(address) / sysconf(_SC_PAGESIZE);
        std::uint64_t raw;
        if (pread(fd, &raw, sizeof raw, page * sizeof raw) == sizeof raw)
            entry.bits = raw;
        close(fd);
        return entry;
    }
    bool present() const { return bits[63]; }
    std::uint64_t frame() const { return (bits << 9 >> 9).to_ullong(); }

private:
    std::bitset<64> bits;
};

static int fail(const std::string& what)
{
    std::cerr << what << ": " << std::strerror(errno) << std::endl;
    return EXIT_FAILURE;
}

int main()
{
    int value = 1;
    void* memory = mmap(nullptr, sizeof(Meeting), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return fail("mmap");
    auto* meeting = new (memory) Meeting;
    if (sem_init(&meeting->childIsReady, 1, 0) || sem_init(&meeting->childMayGo, 1, 0))
        return fail("sem_init");

    auto print = [&](const char* who) {
        std::cout << who << " " << &value << " " << value << " " << meeting->sharedValue << std::endl;
        return !!std::cout;
    };

    pid_t child = fork();
    if (child < 0)
        return fail("fork");
    if (child == 0) {
        value = 2;
        meeting->sharedValue = 2;
        meeting->childFailed = !print("child");
        sem_post(&meeting->childIsReady);
        sem_wait(&meeting->childMayGo);
        _exit(0);
    }

    sem_wait(&meeting->childIsReady);
    if (!meeting->childFailed) {
        int stolen;
        iovec local{&stolen, sizeof stolen}, remote{&value, sizeof value};
        if (process_vm_readv(child, &local, 1, &remote, 1, 0) < 0)
            std::cout << "peer denied" << std::endl;
        else
            std::cout << "peer " << stolen << std::endl;
    }
    sem_post(&meeting->childMayGo);
    if (waitpid(child, nullptr, 0) < 0)
        return fail("waitpid");
    if (meeting->childFailed || !std::cout)
        return fail("stdout");

    if (!print("parent"))
        return fail("stdout");
    PageMapEntry entry = PageMapEntry::of(&value);
    if (entry.present())
        std::cout << "frame 0x" << std::hex << entry.frame() << std::endl;
    else
        std::cout << "frame hidden" << std::endl;
    return std::cout ? EXIT_SUCCESS : fail("stdout");
}
