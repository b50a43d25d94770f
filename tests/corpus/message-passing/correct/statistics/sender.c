#include "stats.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/stat.h>

/* One line per message, with getline() so that a line may hold whatever it likes, zero bytes too. What
 * is longer than a message is cut up. */

#define MAX 8192
#define DATA 10L
#define END 20L

struct letter {
    long kind;
    char text[MAX];
};

static int send_line(int id, const char *line, size_t length)
{
    static struct letter letter;

    while (length > 0) {
        size_t part = length < MAX ? length : MAX;
        letter.kind = DATA;
        memcpy(letter.text, line, part);
        if (msgsnd(id, &letter, part, 0) < 0)
            return -1;
        line += part;
        length -= part;
        messages++;
        bytes += part;
    }
    return 0;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    struct letter end = { .kind = END };

    int id = msgget((key_t)5679, IPC_CREAT | S_IRUSR | S_IWUSR);
    if (id < 0) {
        perror("sender: msgget");
        return EXIT_FAILURE;
    }

    while ((length = getline(&line, &room, stdin)) != -1) {
        if (send_line(id, line, (size_t)length) < 0) {
            perror("sender: msgsnd");
            msgctl(id, IPC_RMID, NULL);
            return EXIT_FAILURE;
        }
    }
    if (!feof(stdin)) {
        perror("sender: getline");
        msgctl(id, IPC_RMID, NULL);
        return EXIT_FAILURE;
    }
    free(line);
    log_transfer("sender");
    if (msgsnd(id, &end, 0, 0) < 0) {
        perror("sender: msgsnd");
        msgctl(id, IPC_RMID, NULL);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
