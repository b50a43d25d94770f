// The handler is there so that ^C does not leave half of the output behind: it is only noted.
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define AGAIN(call)                             \
    ({                                          \
        decltype(call) result_;                 \
        do                                      \
            result_ = (call);                   \
        while (result_ == -1 && errno == EINTR); \
        result_;                                \
    })

volatile std::sig_atomic_t interrupts;
extern "C" void note(int) { interrupts = interrupts + 1; }

struct Shared
{
    sem_t told, released;
    int number, bad;
};

bool say(const std::string& text)
{
    std::string::size_type done = 0;
    while (done < text.size())
    {
        ssize_t n = AGAIN(write(1, text.data() + done, text.size() - done));
        if (n == -1)
        {
            std::perror("stdout");
            return false;
        }
        done += n;
    }
    return true;
}

std::string values(const char* who, const int& number, const Shared* shared)
{
    char text[80];
    std::snprintf(text, sizeof text, "%s %p %d %d\n", who, (const void*)&number, number, shared->number);
    return text;
}

std::string frame(const int& number)
{
    uint64_t entry = 0;
    int fd = AGAIN(open("/proc/self/pagemap", O_RDONLY));
    if (fd != -1)
    {
        off_t at = (off_t)((uintptr_t)&number / sysconf(_SC_PAGESIZE)) * 8;
        if (AGAIN(pread(fd, &entry, 8, at)) != 8)
            entry = 0;
        close(fd);
    }
    entry &= 0x7fffffffffffffull;
    char text[40] = "frame hidden\n";
    if (entry != 0)
        std::snprintf(text, sizeof text, "frame 0x%llx\n", (unsigned long long)entry);
    return text;
}

int main()
{
    std::vector<int> ordinary(1, 1);
    int& number = ordinary.front();

    struct sigaction action = {};
    action.sa_handler = note; // no SA_RESTART
    if (sigaction(SIGINT, &action, nullptr) == -1)
    {
        std::perror("sigaction");
        return 1;
    }

    auto* shared = (Shared*)mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || sem_init(&shared->told, 1, 0) == -1 || sem_init(&shared->released, 1, 0) == -1)
    {
        std::perror("shared page");
        return 1;
    }
    shared->number = 1;

    pid_t pid = fork();
    if (pid == -1)
    {
        std::perror("fork");
        return 1;
    }
    if (pid == 0)
    {
        number = 2;
        shared->number = 2;
        shared->bad = !say(values("child", number, shared));
        sem_post(&shared->told);
        AGAIN(sem_wait(&shared->released));
        _exit(0);
    }

    AGAIN(sem_wait(&shared->told));
    bool good = !shared->bad;
    if (good)
    {
        int found = 0;
        iovec to = {&found, sizeof found}, from = {&number, sizeof number};
        if (process_vm_readv(pid, &to, 1, &from, 1, 0) == -1)
            good = say("peer denied\n");
        else
            good = say("peer " + std::to_string(found) + "\n");
    }
    sem_post(&shared->released);
    int status = -1;
    AGAIN(waitpid(pid, &status, 0));

    good = good && status == 0 && say(values("parent", number, shared)) && say(frame(number));
    if (interrupts > 0)
        std::fprintf(stderr, "(interrupted %d times)\n", (int)interrupts);
    return good ? 0 : 1;
}
