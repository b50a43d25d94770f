/* The child stops itself, the parent sees that with WUNTRACED, and continues it. */
#define _GNU_SOURCE
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <signal.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define CHECK(cond, msg) do { if (!(cond)) { perror(msg); exit(EXIT_FAILURE); } } while (0)

struct entry {
    uint64_t pfn : 55;
    uint64_t rest : 9;
};

static uint64_t frame_of(const void *p)
{
    struct entry e;
    uint64_t pfn = 0;
    FILE *f = fopen("/proc/self/pagemap", "rb");
    if (f == NULL)
        return 0;
    setvbuf(f, NULL, _IONBF, 0);
    if (fseeko(f, (off_t)((uintptr_t)p / getpagesize()) * 8, SEEK_SET) == 0 && fread(&e, 8, 1, f) == 1)
        pfn = e.pfn;
    fclose(f);
    return pfn;
}

int main(void)
{
    int *own = malloc(sizeof(int)), *common, st;
    pid_t kid;

    setlocale(LC_ALL, "");
    CHECK(own != NULL, "malloc");
    *own = 1;
    common = mmap(0, getpagesize(), PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_SHARED, -1, 0);
    CHECK(common != MAP_FAILED, "mmap");
    *common = 1;

    kid = fork();
    CHECK(kid >= 0, "fork");
    if (kid == 0) {
        *own = 2;
        *common = 2;
        if (printf("child %p %d %d\n", (void *)own, *own, *common) < 0 || fflush(stdout) != 0)
            _exit(1);
        raise(SIGSTOP);
        _exit(0);
    }

    CHECK(waitpid(kid, &st, WUNTRACED) == kid, "waitpid");
    if (!WIFSTOPPED(st)) {
        fprintf(stderr, "the child ended instead of stopping\n");
        return 1;
    }
    int v = -1;
    struct iovec mine = { .iov_base = &v, .iov_len = sizeof v };
    struct iovec theirs = { .iov_base = own, .iov_len = sizeof *own };
    if (process_vm_readv(kid, &mine, 1, &theirs, 1, 0) < 0)
        puts("peer denied");
    else
        printf("peer %d\n", v);

    kill(kid, SIGCONT);
    CHECK(waitpid(kid, &st, 0) == kid, "waitpid");
    if (!WIFEXITED(st) || WEXITSTATUS(st)) {
        fprintf(stderr, "the child failed\n");
        return 1;
    }
    printf("parent %p %d %d\n", (void *)own, *own, *common);
    uint64_t fr = frame_of(own);
    if (fr)
        printf("frame %#llx\n", (unsigned long long)fr);
    else
        puts("frame hidden");
    CHECK(fflush(stdout) == 0 && !ferror(stdout), "stdout");
    free(own);
    munmap(common, getpagesize());
    return 0;
}
