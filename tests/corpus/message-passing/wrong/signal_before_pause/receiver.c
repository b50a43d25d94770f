#include "link.h"

int main(void)
{
    struct block b;
    int status = EXIT_FAILURE;
    int id = msgget(KEY, IPC_CREAT | 0600);

    if (id == -1) {
        perror("msgget");
        return EXIT_FAILURE;
    }
    for (;;) {
        if (msgrcv(id, &b, BLOCK_SIZE, 1, 0) == -1) {
            perror("msgrcv");
            break;
        }
        if (b.length == 0) {
            status = EXIT_SUCCESS;
            break;
        }
        if (fwrite(b.bytes, 1, b.length, stdout) != (size_t)b.length || fflush(stdout) == EOF) {
            perror("stdout");
            break;
        }
        if (kill(b.sender, SIGUSR1) == -1) {
            perror("kill");
            break;
        }
    }
    if (msgctl(id, IPC_RMID, NULL) == -1) {
        perror("msgctl");
        status = EXIT_FAILURE;
    }
    return status;
}
