#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <cstdio>

int main() {
    mq_attr attr{};
    attr.mq_maxmsg = 10;
    attr.mq_msgsize = 4096;
    mqd_t mq = mq_open("/ipc-lab", O_CREAT | O_RDONLY, 0600, &attr);
    if (mq < 0) {
        perror("mq_open");
        return 1;
    }

    int status = 0;
    char data[4096];
    ssize_t n;
    while ((n = mq_receive(mq, data, sizeof data, nullptr)) > 0) {
        if (fwrite(data, 1, n, stdout) != size_t(n)) {
            perror("fwrite");
            status = 1;
            break;
        }
    }
    if (n < 0) {
        perror("mq_receive");
        status = 1;
    }
    if (status == 0 && fflush(stdout) != 0) {
        perror("fflush");
        status = 1;
    }
    if (mq_unlink("/ipc-lab") < 0) {
        perror("mq_unlink");
        status = 1;
    }
    return status;
}
