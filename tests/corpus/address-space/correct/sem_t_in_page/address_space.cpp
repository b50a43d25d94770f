// Lab 5: address spaces.  Style: C++98.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace std;

struct Page
{
    int   number;
    bool  failed;   // written by the child before it posts `ready`
    sem_t ready;
    sem_t go;
};

class SharedPage
{
public:
    SharedPage() : page(0)
    {
        void *memory = mmap(0, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            throw "mmap";
        page = static_cast<Page *>(memory);
        page->number = 1;
        page->failed = false;
        if (sem_init(&page->ready, 1, 0) != 0 || sem_init(&page->go, 1, 0) != 0) {
            munmap(memory, sizeof(Page));
            throw "sem_init";
        }
    }
    ~SharedPage() { munmap(page, sizeof(Page)); }
    Page *operator->() { return page; }

private:
    SharedPage(const SharedPage &);
    SharedPage &operator=(const SharedPage &);
    Page *page;
};

static void waitFor(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0)
        if (errno != EINTR)
            throw "sem_wait";
}

static void post(sem_t *semaphore)
{
    if (sem_post(semaphore) != 0)
        throw "sem_post";
}

static int child(SharedPage &page, int &number)
{
    number = 2;
    page->number = 2;
    cout << "child " << &number << ' ' << number << ' ' << page->number << endl;
    page->failed = !cout;
    post(&page->ready);
    if (page->failed) {
        cerr << "child: stdout: " << strerror(errno) << endl;
        return 1;
    }
    waitFor(&page->go);
    return 0;
}

static unsigned long frameOf(const void *address)
{
    unsigned long entry = 0;
    FILE *pagemap = fopen("/proc/self/pagemap", "rb");
    if (pagemap == 0)
        return 0;
    long where = reinterpret_cast<unsigned long>(address) / sysconf(_SC_PAGESIZE) * sizeof entry;
    if (fseek(pagemap, where, SEEK_SET) != 0 || fread(&entry, sizeof entry, 1, pagemap) != 1)
        entry = 0;
    fclose(pagemap);
    return (entry >> 63) ? entry & ((1UL << 55) - 1) : 0;
}

int main()
{
    int number = 1;
    pid_t pid = -1;
    int result = 1;
    try {
        SharedPage page;
        pid = fork();
        if (pid == -1)
            throw "fork";
        if (pid == 0) {
            try {
                _exit(child(page, number));
            } catch (const char *what) {
                perror(what);
                kill(getppid(), SIGTERM);   // it waits for us, and we can't tell it any more
                _exit(1);
            }
        }

        waitFor(&page->ready);
        bool ok = !page->failed;
        if (ok) {
            int value = 0;
            iovec here = { &value, sizeof value };
            iovec there = { &number, sizeof number };
            if (process_vm_readv(pid, &here, 1, &there, 1, 0) == -1)
                cout << "peer denied" << endl;
            else
                cout << "peer " << value << endl;
            ok = cout.good();
        }
        post(&page->go);
        int status = 0;
        while (waitpid(pid, &status, 0) == -1)
            if (errno != EINTR)
                throw "waitpid";
        pid = -1;

        if (ok && status == 0) {
            cout << "parent " << &number << ' ' << number << ' ' << page->number << endl;
            unsigned long frame = frameOf(&number);
            if (frame)
                cout << "frame 0x" << hex << frame << endl;
            else
                cout << "frame hidden" << endl;
            if (cout)
                result = 0;
        }
        if (result)
            cerr << "parent: something went wrong" << endl;
    } catch (const char *what) {
        perror(what);
        if (pid > 0) {
            kill(pid, SIGKILL);
            waitpid(pid, 0, 0);
        }
    }
    return result;
}
