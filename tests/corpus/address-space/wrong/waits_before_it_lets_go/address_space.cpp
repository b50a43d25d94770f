#include <cstdint>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <memory>
#include <semaphore.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace std;

class SharedInt {
    struct Layout { int value; sem_t told, go; };
    Layout *layout;
public:
    SharedInt(int value) {
        void *m = mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (m == MAP_FAILED) throw runtime_error("mmap failed");
        layout = new (m) Layout;
        layout->value = value;
        if (sem_init(&layout->told, 1, 0) || sem_init(&layout->go, 1, 0)) throw runtime_error("sem_init failed");
    }
    int &operator*() { return layout->value; }
    void tell() { sem_post(&layout->told); }
    void hear() { sem_wait(&layout->told); }
    void letGo() { sem_post(&layout->go); }
    void stay() { sem_wait(&layout->go); }
};

void printLine(const string &who, int &x, SharedInt &y) {
    cout << who << " " << &x << " " << x << " " << *y << endl;
}

void printFrame(int &x) {
    uint64_t e = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd >= 0) {
        if (pread(fd, &e, 8, reinterpret_cast<uintptr_t>(&x) / 4096 * 8) != 8) e = 0;
        close(fd);
    }
    e &= (1ull << 55) - 1;
    if (e) cout << "frame 0x" << hex << e << endl;
    else cout << "frame hidden" << endl;
}

int main() {
    try {
        auto x = make_unique<int>(1);
        SharedInt y(1);
        pid_t pid = fork();
        if (pid < 0) throw runtime_error("fork failed");
        if (pid == 0) {
            *x = 2;
            *y = 2;
            printLine("child", *x, y);
            y.tell();
            y.stay();
            _exit(cout ? 0 : 1);
        }
        y.hear();
        int v = 0;
        iovec to{&v, sizeof v}, from{x.get(), sizeof(int)};
        if (process_vm_readv(pid, &to, 1, &from, 1, 0) < 0) cout << "peer denied" << endl;
        else cout << "peer " << v << endl;

        int status;
        waitpid(pid, &status, 0);
        y.letGo();
        if (status != 0) throw runtime_error("child failed");

        printLine("parent", *x, y);
        printFrame(*x);
        if (!cout) throw runtime_error("stdout failed");
    } catch (const exception &e) {
        cerr << e.what() << endl;
        return 1;
    }
}
