/* Reads character by character and sends 1000 at a time. */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define N 1000

char buf[N];
int used = 0;
mqd_t mq;

void sendbuf()
{
    if (mq_send(mq, buf, used, 0) == -1) {
        perror("mq_send");
        mq_unlink("/ipc-lab");
        exit(1);
    }
    used = 0;
}

int main()
{
    struct mq_attr a;
    char c;

    a.mq_flags = 0;
    a.mq_maxmsg = 10;
    a.mq_msgsize = N;
    a.mq_curmsgs = 0;
    mq = mq_open("/ipc-lab", O_CREAT | O_WRONLY, 0600, &a);
    if (mq == (mqd_t)-1) {
        perror("mq_open");
        return 1;
    }

    while ((c = getchar()) != EOF) {
        buf[used++] = c;
        if (used == N)
            sendbuf();
    }
    if (ferror(stdin)) {
        perror("stdin");
        mq_unlink("/ipc-lab");
        return 1;
    }
    if (used > 0)
        sendbuf();
    sendbuf();  /* empty: the end */
    return 0;
}
