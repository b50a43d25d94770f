#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define N 1000

void quit(const char *why)
{
    if (why)
        perror(why);
    if (mq_unlink("/ipc-lab") == -1) {
        perror("mq_unlink");
        exit(1);
    }
    exit(why ? 1 : 0);
}

int main()
{
    struct mq_attr a;
    char buf[N];
    mqd_t mq;
    int i, n;

    a.mq_flags = 0;
    a.mq_maxmsg = 10;
    a.mq_msgsize = N;
    a.mq_curmsgs = 0;
    mq = mq_open("/ipc-lab", O_CREAT | O_RDONLY, 0600, &a);
    if (mq == (mqd_t)-1) {
        perror("mq_open");
        return 1;
    }

    while ((n = mq_receive(mq, buf, N, NULL)) > 0)
        for (i = 0; i < n; i++)
            if (putchar(buf[i]) == EOF)
                quit("putchar");
    if (n == -1)
        quit("mq_receive");
    if (fflush(stdout) == EOF)
        quit("fflush");
    quit(NULL);
}
