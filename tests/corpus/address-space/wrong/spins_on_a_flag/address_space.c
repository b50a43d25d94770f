#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOTHING, PRINTED, FAILED };

typedef struct {
    atomic_int news;
    int value;
} page_t;

static int value = 1;

static _Bool print(const char *who, const page_t *page)
{
    printf("%s %p %d %d\n", who, (void *)&value, value, page->value);
    return fflush(stdout) == 0;
}

static _Bool peer(pid_t pid)
{
    int theirs;
    struct iovec local = { &theirs, sizeof theirs };
    struct iovec remote = { &value, sizeof value };

    if (process_vm_readv(pid, &local, 1, &remote, 1, 0) == -1)
        printf("peer denied\n");
    else
        printf("peer %d\n", theirs);
    return fflush(stdout) == 0;
}

static _Bool frame(void)
{
    uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);

    if (fd != -1) {
        off_t offset = (uintptr_t)&value / sysconf(_SC_PAGESIZE) * sizeof entry;
        if (pread(fd, &entry, sizeof entry, offset) != sizeof entry)
            entry = 0;
        close(fd);
    }
    entry &= (UINT64_C(1) << 55) - 1;
    if (entry)
        printf("frame 0x%llx\n", (unsigned long long)entry);
    else
        printf("frame hidden\n");
    return fflush(stdout) == 0;
}

int main(void)
{
    int status, go[2];
    page_t *page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED || pipe(go) == -1) {
        perror("address_space");
        return 1;
    }
    atomic_store(&page->news, NOTHING);
    page->value = 1;

    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0) {
        char c;
        close(go[1]);
        value = page->value = 2;
        if (!print("child", page)) {
            perror("child");
            atomic_store(&page->news, FAILED);
            return 1;
        }
        atomic_store(&page->news, PRINTED);
        if (read(go[0], &c, 1) == -1) {
            perror("child");
            return 1;
        }
        return 0;
    }
    close(go[0]);

    /* it won't take long */
    while (atomic_load(&page->news) == NOTHING)
        ;
    _Bool good = atomic_load(&page->news) == PRINTED && peer(pid);
    close(go[1]);
    if (waitpid(pid, &status, 0) == -1 || status != 0 || !good
        || !print("parent", page) || !frame()) {
        fprintf(stderr, "address_space: something failed\n");
        return 1;
    }
    return 0;
}
