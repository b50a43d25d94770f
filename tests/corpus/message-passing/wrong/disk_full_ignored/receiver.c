#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/stat.h>

int main(void)
{
    static char b[8192];
    ssize_t n;
    mqd_t q = mq_open("/ipc-lab", O_CREAT|O_RDONLY, 0600, NULL);
    if (q == (mqd_t)-1) { perror("mq_open"); return 1; }
    while ((n = mq_receive(q, b, sizeof b, NULL)) > 0) {
        fwrite(b, n, 1, stdout);
        fflush(stdout);
    }
    if (n < 0) { perror("mq_receive"); mq_unlink("/ipc-lab"); return 1; }
    if (mq_unlink("/ipc-lab") != 0) { perror("mq_unlink"); return 1; }
    return 0;
}
