#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "common.h"

int main(void)
{
    int shm = shmget(KEY, SIZE, 0), go, ok;
    char c, *mem;

    if (shm < 0) {
        perror("shmget");
        return 1;
    }
    if ((mem = shmat(shm, NULL, SHM_RDONLY)) == (char *)-1) {
        perror("shmat");
        return 1;
    }
    if ((go = open(FIFO_GO, O_RDONLY)) < 0 || read(go, &c, 1) != 1) {
        perror(FIFO_GO);
        return 1;
    }
    printf("%.26s\n", mem);
    if (fflush(stdout) != 0) {
        perror("stdout");
        return 1;
    }
    if ((ok = open(FIFO_OK, O_WRONLY)) < 0 || write(ok, "", 1) != 1) {
        perror(FIFO_OK);
        return 1;
    }
    return 0;
}
