#include "stats.h"

#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/stat.h>

#define MAX 8192

struct letter {
    long kind;
    char text[MAX];
};

static int print_all(int id)
{
    static struct letter letter;
    ssize_t size;

    for (;;) {
        /* the lowest kind first: all the data (10) before the end (20) */
        size = msgrcv(id, &letter, MAX, -20L, 0);
        if (size < 0) {
            perror("receiver: msgrcv");
            return EXIT_FAILURE;
        }
        if (letter.kind == 20L)
            break;
        messages++;
        bytes += (unsigned long)size;
        if (fwrite(letter.text, (size_t)size, 1, stdout) != 1) {
            perror("receiver: stdout");
            return EXIT_FAILURE;
        }
    }
    if (fflush(stdout) != 0) {
        perror("receiver: stdout");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

int main(void)
{
    int status;
    int id = msgget((key_t)5679, IPC_CREAT | S_IRUSR | S_IWUSR);
    if (id < 0) {
        perror("receiver: msgget");
        return EXIT_FAILURE;
    }
    status = print_all(id);
    if (msgctl(id, IPC_RMID, NULL) < 0) {
        perror("receiver: msgctl");
        status = EXIT_FAILURE;
    }
    log_transfer("receiver");
    return status;
}
