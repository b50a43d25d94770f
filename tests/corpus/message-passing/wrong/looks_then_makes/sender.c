#include "open.h"
#include <unistd.h>

int main(void)
{
    message_t msg;
    ssize_t len;

    /* Is the receiver there already? If not, the queue is ours to make. */
    int id = msgget(IPC_KEY, 0);
    if (id == -1 && errno == ENOENT)
        id = msgget(IPC_KEY, IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) {
        perror("msgget");
        return 1;
    }
    do {
        len = read(STDIN_FILENO, msg.mtext, MAX_TEXT);
        if (len == -1) {
            perror("read");
            msgctl(id, IPC_RMID, NULL);
            return 1;
        }
        msg.mtype = len ? T_TEXT : T_EOF;
        if (msgsnd(id, &msg, len, 0) == -1) {
            perror("msgsnd");
            msgctl(id, IPC_RMID, NULL);
            return 1;
        }
    } while (len);
    return 0;
}
