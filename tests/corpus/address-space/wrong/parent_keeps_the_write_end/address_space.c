#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
    fprintf(stderr, "address_space: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

/* Pipe ends, in the order in which pipe() gives them. */
enum { OUT, IN };

static int the_number = 1;

static void print_numbers(const char *who, int shared)
{
    if (printf("%s %p %d %d\n", who, (void *)&the_number, the_number, shared) < 0)
        die("printf");
    if (fflush(stdout) == EOF)
        die("fflush");
}

int main(void)
{
    int news[2], leave[2], status, loot, failed = 0;
    unsigned long entry = 0;
    char c = 0;

    int *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        die("mmap");
    *shared = 1;
    if (pipe(news) == -1 || pipe(leave) == -1)
        die("pipe");

    pid_t child = fork();
    if (child == -1)
        die("fork");
    if (child == 0) {
        close(news[OUT]);
        close(leave[IN]);
        the_number = 2;
        *shared = 2;
        print_numbers("child", *shared);
        if (write(news[IN], &c, 1) != 1)
            die("write");
        if (read(leave[OUT], &c, 1) == -1)
            die("read");
        exit(EXIT_SUCCESS);
    }
    close(leave[OUT]);

    if (read(news[OUT], &c, 1) != 1) {
        perror("no news");
        failed = 1;
    } else {
        struct iovec mine = { &loot, sizeof loot };
        struct iovec theirs = { &the_number, sizeof the_number };
        if (process_vm_readv(child, &mine, 1, &theirs, 1, 0) == -1)
            printf("peer denied\n");
        else
            printf("peer %d\n", loot);
        failed = fflush(stdout) == EOF;
    }
    close(leave[IN]);
    if (waitpid(child, &status, 0) == -1)
        die("waitpid");
    if (failed || status != 0) {
        fprintf(stderr, "address_space: failed\n");
        return EXIT_FAILURE;
    }
    print_numbers("parent", *shared);

    int map = open("/proc/self/pagemap", O_RDONLY);
    if (map != -1) {
        off_t at = (unsigned long)&the_number / sysconf(_SC_PAGESIZE) * sizeof entry;
        if (pread(map, &entry, sizeof entry, at) != sizeof entry)
            entry = 0;
        close(map);
    }
    entry &= (1UL << 55) - 1;
    if (entry)
        printf("frame 0x%lx\n", entry);
    else
        printf("frame hidden\n");
    if (fflush(stdout) == EOF)
        die("fflush");
    return EXIT_SUCCESS;
}
