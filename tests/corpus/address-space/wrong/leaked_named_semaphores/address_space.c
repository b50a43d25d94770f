#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define DONE "/as_done"
#define GO   "/as_go"

static int n = 1;
static sem_t *done, *go;

/* only where something went wrong */
static int undo(const char *what)
{
    perror(what);
    sem_unlink(DONE);
    sem_unlink(GO);
    return 1;
}

static int down(sem_t *s)
{
    int r;
    do
        r = sem_wait(s);
    while (r < 0 && errno == EINTR);
    return r;
}

int main(void)
{
    int status, copy, ok = 1;
    unsigned long entry = 0;
    struct { int n; int broken; } *page;

    /* left by a run that was killed */
    sem_unlink(DONE);
    sem_unlink(GO);
    if ((done = sem_open(DONE, O_CREAT | O_EXCL, 0600, 0)) == SEM_FAILED)
        return undo("sem_open");
    if ((go = sem_open(GO, O_CREAT | O_EXCL, 0600, 0)) == SEM_FAILED)
        return undo("sem_open");
    page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return undo("mmap");
    page->n = 1;
    page->broken = 0;

    pid_t pid = fork();
    if (pid < 0)
        return undo("fork");
    if (pid == 0) {
        n = page->n = 2;
        printf("child %p %d %d\n", (void *)&n, n, page->n);
        if (fflush(stdout) != 0) {
            perror("child");
            page->broken = 1;
        }
        sem_post(done);
        down(go);
        _exit(page->broken);
    }

    if (down(done) < 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return undo("sem_wait");
    }
    if (!page->broken) {
        struct iovec a = { &copy, sizeof copy }, b = { &n, sizeof n };
        if (process_vm_readv(pid, &a, 1, &b, 1, 0) < 0)
            printf("peer denied\n");
        else
            printf("peer %d\n", copy);
        ok = fflush(stdout) == 0;
    }
    sem_post(go);
    if (waitpid(pid, &status, 0) < 0 || status != 0 || !ok)
        return undo("address_space");

    printf("parent %p %d %d\n", (void *)&n, n, page->n);
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd >= 0) {
        if (pread(fd, &entry, sizeof entry, (unsigned long)&n / 4096 * 8) != 8)
            entry = 0;
        close(fd);
    }
    entry &= (1UL << 55) - 1;
    if (entry)
        printf("frame 0x%lx\n", entry);
    else
        printf("frame hidden\n");
    if (fflush(stdout) != 0)
        return undo("stdout");
    sem_close(done);
    sem_close(go);
    return 0;
}
