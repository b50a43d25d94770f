#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define KEY 0x5678

int main(void)
{
    int id = shmget(KEY, 27, 0600);
    if (id == -1) {
        perror("client: shmget");
        return EXIT_FAILURE;
    }
    const char *s = shmat(id, NULL, SHM_RDONLY);
    if (s == (const char *)-1) {
        perror("client: shmat");
        return EXIT_FAILURE;
    }
    if (puts(s) == EOF || fflush(stdout) == EOF) {
        perror("client: stdout");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
