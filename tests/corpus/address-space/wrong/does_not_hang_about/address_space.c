#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

int i = 1;

static int fail(const char *s)
{
    perror(s);
    return 1;
}

int main(void)
{
    int ready[2], go[2], bye[2], j, ok = 0;
    char c = 'k';
    unsigned long entry = 0;

    int *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return fail("mmap");
    *page = 1;
    if (pipe(ready) || pipe(go) || pipe(bye)) return fail("pipe");

    pid_t pid = fork();
    if (pid < 0) return fail("fork");
    if (pid == 0) {
        close(ready[0]); close(go[1]); close(bye[0]);
        i = *page = 2;
        printf("child %p %d %d\n", (void *)&i, i, *page);
        if (fflush(stdout)) return fail("child: stdout");
        if (write(ready[1], &c, 1) != 1) return fail("child: ready");
        if (read(go[0], &c, 1) < 0) return fail("child: go");
        if (write(bye[1], &c, 1) != 1) return fail("child: bye");
        return 0;
    }
    close(ready[1]); close(go[0]); close(bye[1]);

    if (read(ready[0], &c, 1) == 1) {
        struct iovec a = { &j, sizeof j }, b = { &i, sizeof i };
        if (process_vm_readv(pid, &a, 1, &b, 1, 0) < 0) printf("peer denied\n");
        else printf("peer %d\n", j);
        ok = fflush(stdout) == 0;
    }
    close(go[1]);
    /* the child says good bye: it can't take long any more */
    if (read(bye[0], &c, 1) != 1) ok = 0;
    waitpid(pid, NULL, WNOHANG);
    if (!ok) {
        fprintf(stderr, "address_space: the child did not play\n");
        return 1;
    }

    printf("parent %p %d %d\n", (void *)&i, i, *page);
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd >= 0 && pread(fd, &entry, 8, (unsigned long)&i / 4096 * 8) != 8) entry = 0;
    entry &= (1UL << 55) - 1;
    if (entry) printf("frame 0x%lx\n", entry);
    else printf("frame hidden\n");
    if (fflush(stdout)) return fail("stdout");
    return 0;
}
