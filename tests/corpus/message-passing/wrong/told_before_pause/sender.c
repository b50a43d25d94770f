#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SZ 2222

int main(void)
{
    struct mq_attr attr;
    char b[SZ];
    ssize_t n;
    mqd_t q;

    memset(&attr, 0, sizeof attr);
    attr.mq_maxmsg = 10;
    attr.mq_msgsize = SZ;
    q = mq_open("/ipc-lab", O_WRONLY | O_CREAT, 0600, &attr);
    if (q == (mqd_t)-1) {
        perror("mq_open");
        return 1;
    }
    do {
        n = read(0, b, SZ);
        if (n == -1) {
            perror("read");
            mq_unlink("/ipc-lab");
            return 1;
        }
        if (mq_send(q, b, n, 0) == -1) {
            perror("mq_send");
            mq_unlink("/ipc-lab");
            return 1;
        }
    } while (n);
    return 0;
}
