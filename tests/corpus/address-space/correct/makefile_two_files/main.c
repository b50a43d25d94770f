#include "lab.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int ordinary = 1;
static int *shared;

static bool print_both(const char *who)
{
    printf("%s %p %d %d\n", who, (void *)&ordinary, ordinary, *shared);
    if (fflush(stdout) == 0)
        return true;
    perror(who);
    return false;
}

static int child(struct gate *printed, struct gate *leave)
{
    gate_only_opens(printed);
    gate_only_waits(leave);
    ordinary = 2;
    *shared = 2;
    if (!print_both("child") || !gate_open(printed) || !gate_wait(leave))
        return EXIT_FAILURE;
    return EXIT_SUCCESS;
}

static bool parent(pid_t pid, struct gate *printed, struct gate *leave)
{
    int copy;
    struct iovec into = { &copy, sizeof copy };
    struct iovec from = { &ordinary, sizeof ordinary };

    if (!gate_wait(printed))
        return false;
    if (process_vm_readv(pid, &into, 1, &from, 1, 0) == sizeof copy)
        printf("peer %d\n", copy);
    else
        printf("peer denied\n");
    if (fflush(stdout) != 0) {
        perror("parent");
        return false;
    }
    return gate_open(leave);
}

int main(void)
{
    struct gate printed, leave;
    int status;

    signal(SIGPIPE, SIG_IGN);   /* a dead child is an EPIPE for us */
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        return EXIT_FAILURE;
    }
    *shared = 1;
    if (!gate_make(&printed) || !gate_make(&leave))
        return EXIT_FAILURE;

    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return EXIT_FAILURE;
    }
    if (pid == 0)
        return child(&printed, &leave);

    gate_only_waits(&printed);
    gate_only_opens(&leave);
    bool ok = parent(pid, &printed, &leave);
    close(leave.fd[1]);
    if (waitpid(pid, &status, 0) == -1) {
        perror("waitpid");
        return EXIT_FAILURE;
    }
    if (!ok || !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS)
        return EXIT_FAILURE;

    if (!print_both("parent"))
        return EXIT_FAILURE;
    uint64_t frame = frame_of(&ordinary);
    if (frame != 0)
        printf("frame 0x%" PRIx64 "\n", frame);
    else
        printf("frame hidden\n");
    if (fflush(stdout) != 0) {
        perror("parent");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
