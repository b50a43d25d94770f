#include "common.hpp"

// One message: the mark, and what was read. The last one says so and may be without text.
int main()
{
    mq_attr attr = {};
    attr.mq_maxmsg = 8;
    attr.mq_msgsize = QSIZE;
    mqd_t q = mq_open(QNAME, O_CREAT | O_WRONLY, 0644, &attr);
    if (q < 0) {
        perror("sender: mq_open");
        exit(2);
    }

    char message[QSIZE];
    bool last = false;
    while (!last) {
        size_t n = fread(message + 1, 1, QSIZE - 1, stdin);
        if (ferror(stdin)) {
            perror("sender: stdin");
            mq_unlink(QNAME);
            exit(2);
        }
        last = feof(stdin);
        message[0] = last ? LAST : MORE;
        while (mq_send(q, message, n + 1, 0) < 0) {
            if (errno != EINTR) {
                perror("sender: mq_send");
                mq_unlink(QNAME);
                exit(2);
            }
        }
    }
    mq_close(q);
    exit(0);
}
