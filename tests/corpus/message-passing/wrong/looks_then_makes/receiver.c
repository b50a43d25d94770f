#include "open.h"
#include <unistd.h>

static int output(const char *text, ssize_t len)
{
    while (len > 0) {
        ssize_t n = write(STDOUT_FILENO, text, len);
        if (n == -1)
            return -1;
        text += n;
        len -= n;
    }
    return 0;
}

int main(void)
{
    message_t msg;
    ssize_t len;
    int status = 1;
    int id = msgget(IPC_KEY, IPC_CREAT | 0600);

    if (id == -1) {
        perror("msgget");
        return 1;
    }
    while ((len = msgrcv(id, &msg, MAX_TEXT, 0, 0)) != -1) {
        if (msg.mtype == T_EOF) {
            status = 0;
            break;
        }
        if (output(msg.mtext, len) == -1)
            break;
    }
    if (status)
        perror("receiver");
    if (msgctl(id, IPC_RMID, NULL) == -1) {
        perror("msgctl");
        status = 1;
    }
    return status;
}
