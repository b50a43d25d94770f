#include "ipc.h"

int msqid;

void bail_out(const char *s)
{
    perror(s);
    if (msqid != -1)
        msgctl(msqid, IPC_RMID, 0);
    exit(1);
}

int main()
{
    struct msgbuf1 buf;

    if ((msqid = msgget(KEY, IPC_CREAT | 0600)) == -1)
        bail_out("msgget");

    while (1) {
        ssize_t len = msgrcv(msqid, &buf, sizeof(buf.mtext), 0, IPC_NOWAIT);
        if (len == -1 && errno == ENOMSG) {
            usleep(NAP);
            continue;
        }
        if (len == -1)
            bail_out("msgrcv");
        if (buf.mtype == 2)
            break;
        if (fwrite(buf.mtext, 1, len, stdout) != (size_t)len)
            bail_out("fwrite");
    }
    if (fclose(stdout))
        bail_out("fclose");

    if (msgctl(msqid, IPC_RMID, 0) == -1) {
        perror("msgctl");
        exit(1);
    }
    return 0;
}
