#include "ipc.h"

int msqid;

void bail_out(const char *s)
{
    perror(s);
    if (msqid != -1)
        msgctl(msqid, IPC_RMID, 0);
    exit(1);
}

void post(struct msgbuf1 *buf, size_t len)
{
    /* Never hang in the kernel: if there is no room, come back later. */
    while (msgsnd(msqid, buf, len, IPC_NOWAIT) == -1) {
        if (errno != EAGAIN)
            bail_out("msgsnd");
        usleep(NAP);
    }
}

int main()
{
    struct msgbuf1 buf;
    size_t len;

    if ((msqid = msgget(KEY, IPC_CREAT | 0600)) == -1)
        bail_out("msgget");

    buf.mtype = 1;
    while ((len = fread(buf.mtext, 1, sizeof(buf.mtext), stdin)) != 0)
        post(&buf, len);
    if (!feof(stdin))
        bail_out("fread");

    buf.mtype = 2;
    post(&buf, 0);
    return 0;
}
