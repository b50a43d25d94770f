#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

enum { PRINTED = 1, BROKEN = 2 };

struct lab {
    int *ordinary;      // malloc'ed
    int *shared;        // mapped
    int from_child, from_parent;
    pid_t child;
};

static _Noreturn void die(struct lab *lab, const char *msg)
{
    perror(msg);
    if (lab->child > 0) {
        kill(lab->child, SIGKILL);
        waitpid(lab->child, NULL, 0);
    }
    exit(EXIT_FAILURE);
}

static void print_values(struct lab *lab, const char *who)
{
    if (printf("%s %p %d %d\n", who, (void *)lab->ordinary, *lab->ordinary, *lab->shared) < 0
        || fflush(stdout))
        die(lab, "stdout");
}

static void child_side(struct lab *lab)
{
    uint64_t n;

    *lab->ordinary = *lab->shared = 2;
    if (printf("child %p %d %d\n", (void *)lab->ordinary, *lab->ordinary, *lab->shared) < 0
        || fflush(stdout)) {
        perror("child: stdout");
        eventfd_write(lab->from_child, BROKEN);
        _exit(1);
    }
    if (eventfd_write(lab->from_child, PRINTED) < 0) {
        perror("child: eventfd");
        eventfd_write(lab->from_child, BROKEN);
        _exit(1);
    }
    if (eventfd_read(lab->from_parent, &n) < 0) {
        perror("child: eventfd");
        _exit(1);
    }
    _exit(0);
}

static void parent_side(struct lab *lab)
{
    uint64_t news;
    int seen, status;

    if (eventfd_read(lab->from_child, &news) < 0)
        die(lab, "eventfd");
    if (news != PRINTED) {
        waitpid(lab->child, NULL, 0);
        exit(EXIT_FAILURE);
    }

    struct iovec a = { .iov_base = &seen, .iov_len = sizeof(int) };
    struct iovec b = { .iov_base = lab->ordinary, .iov_len = sizeof(int) };
    if (process_vm_readv(lab->child, &a, 1, &b, 1, 0) < 0)
        printf("peer denied\n");
    else
        printf("peer %d\n", seen);
    if (fflush(stdout))
        die(lab, "stdout");

    if (eventfd_write(lab->from_parent, 1) < 0)
        die(lab, "eventfd");
    if (waitpid(lab->child, &status, 0) < 0)
        die(lab, "waitpid");
    lab->child = 0;
    if (status != 0) {
        fprintf(stderr, "child's status: %#x\n", status);
        exit(EXIT_FAILURE);
    }
    print_values(lab, "parent");
}

static uint64_t look_up_frame(void *address)
{
    uint64_t entry;
    ssize_t n;
    int fd;

    if ((fd = open("/proc/self/pagemap", O_RDONLY)) < 0)
        return 0;
    n = pread(fd, &entry, sizeof entry, (uintptr_t)address / getpagesize() * sizeof entry);
    close(fd);
    if (n != sizeof entry || !(entry >> 63))
        return 0;
    return entry & ((UINT64_C(1) << 55) - 1);
}

int main(void)
{
    struct lab lab = { 0 };

    lab.ordinary = malloc(sizeof *lab.ordinary);
    if (!lab.ordinary)
        die(&lab, "malloc");
    lab.shared = mmap(NULL, sizeof *lab.shared, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (lab.shared == MAP_FAILED)
        die(&lab, "mmap");
    *lab.ordinary = *lab.shared = 1;

    if ((lab.from_child = eventfd(0, 0)) < 0 || (lab.from_parent = eventfd(0, 0)) < 0)
        die(&lab, "eventfd");
    if ((lab.child = fork()) < 0)
        die(&lab, "fork");
    if (lab.child == 0)
        child_side(&lab);
    parent_side(&lab);

    uint64_t frame = look_up_frame(lab.ordinary);
    if (frame)
        printf("frame 0x%llx\n", (unsigned long long)frame);
    else
        printf("frame hidden\n");
    if (fflush(stdout))
        die(&lab, "stdout");
    free(lab.ordinary);
    return EXIT_SUCCESS;
}
