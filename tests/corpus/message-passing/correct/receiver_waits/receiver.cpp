#include "common.hpp"

int main()
{
    // Without O_CREAT: the queue is the sender's, and as long as it isn't there we have time.
    mqd_t q;
    while ((q = mq_open(QNAME, O_RDONLY)) < 0) {
        if (errno != ENOENT) {
            perror("receiver: mq_open");
            exit(2);
        }
        usleep(20000);
    }

    int status = 0;
    char message[QSIZE];
    do {
        ssize_t n = mq_receive(q, message, sizeof message, NULL);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            perror("receiver: mq_receive");
            status = 2;
            break;
        }
        if (n > 1 && fwrite(message + 1, n - 1, 1, stdout) != 1) {
            perror("receiver: stdout");
            status = 2;
            break;
        }
        if (message[0] == LAST)
            break;
    } while (true);

    if (status == 0 && fflush(stdout) != 0) {
        perror("receiver: stdout");
        status = 2;
    }
    if (mq_unlink(QNAME) < 0) {
        perror("receiver: mq_unlink");
        status = 2;
    }
    exit(status);
}
