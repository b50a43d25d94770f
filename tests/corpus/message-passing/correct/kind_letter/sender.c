#include "chat.h"

static int put(int q, struct chat *c, size_t len)
{
    while (msgsnd(q, c, 1 + len, 0) < 0) {
        if (errno == EINTR)
            continue;
        perror("sender: msgsnd");
        msgctl(q, IPC_RMID, NULL);
        return -1;
    }
    return 0;
}

int main(void)
{
    struct chat c = { .mtype = 1, .kind = DATA };
    ssize_t n;
    int q = msgget(KEY, IPC_CREAT | 0600);

    if (q < 0) {
        perror("sender: msgget");
        return 1;
    }
    for (;;) {
        n = read(STDIN_FILENO, c.text, BLOCK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        if (put(q, &c, n) < 0)
            return 1;
    }
    if (n < 0) {
        perror("sender: read");
        msgctl(q, IPC_RMID, NULL);
        return 1;
    }
    c.kind = OVER;
    memcpy(c.text, END, strlen(END));
    return put(q, &c, strlen(END)) < 0 ? 1 : 0;
}
