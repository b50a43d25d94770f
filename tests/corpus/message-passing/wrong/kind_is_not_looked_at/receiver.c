#include "chat.h"

static int give_up(int q, const char *what)
{
    fprintf(stderr, "receiver: %s: %s\n", what, strerror(errno));
    msgctl(q, IPC_RMID, NULL);
    return 1;
}

int main(void)
{
    struct chat c;
    int q = msgget(KEY, IPC_CREAT | 0600);

    if (q < 0) {
        perror("receiver: msgget");
        return 1;
    }
    for (;;) {
        ssize_t n = msgrcv(q, &c, 1 + BLOCK, 1, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return give_up(q, "msgrcv");
        n--;                    /* the kind */
        if (n == (ssize_t)strlen(END) && strncmp(c.text, END, n) == 0)
            break;
        for (ssize_t done = 0; done < n;) {
            ssize_t w = write(STDOUT_FILENO, c.text + done, n - done);
            if (w < 0 && errno == EINTR)
                continue;
            if (w < 0)
                return give_up(q, "write");
            done += w;
        }
    }
    if (msgctl(q, IPC_RMID, NULL) < 0) {
        perror("receiver: msgctl");
        return 1;
    }
    return 0;
}
