#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/stat.h>

int main(void)
{
    static char b[8192];
    size_t n;
    mqd_t q = mq_open("/ipc-lab", O_CREAT|O_WRONLY, 0600, NULL);
    if (q == (mqd_t)-1) { perror("mq_open"); return 1; }
    do {
        n = fread(b, 1, sizeof b, stdin);
        if (ferror(stdin)) { perror("fread"); mq_unlink("/ipc-lab"); return 1; }
        if (mq_send(q, b, n, 0) != 0) { perror("mq_send"); mq_unlink("/ipc-lab"); return 1; }
    } while (n > 0);
    return 0;
}
