#include "lab5.h"

int main(void)
{
    unlink(FIFO);
    if (mkfifo(FIFO, 0600) != 0)
        return fail("mkfifo");

    int id = shmget(SHM_KEY, SHM_SIZE, IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0) {
        unlink(FIFO);
        return fail("shmget");
    }
    char *abc = shmat(id, NULL, 0);
    if (abc == (void *)-1) {
        shmctl(id, IPC_RMID, NULL);
        unlink(FIFO);
        return fail("shmat");
    }

    strcpy(abc, "abcdefghijklmnopqrstuvwxyz");

    // open() comes back when the client has opened the other end
    int fifo = open(FIFO, O_WRONLY);
    if (fifo < 0 || write(fifo, "+", 1) != 1)
        perror("fifo");
    close(fifo);

    int back = open(FIFO, O_RDONLY);
    char c = 0;
    int status = back >= 0 && read(back, &c, 1) == 1 ? 0 : 1;

    shmctl(id, IPC_RMID, NULL);
    unlink(FIFO);
    return status;
}
