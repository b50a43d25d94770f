#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

volatile sig_atomic_t stop = 0;

// Ctrl-C stops reading, but what was read is still sent.
void on_interrupt(int) { stop = 1; }

int main() {
    struct sigaction action {};
    action.sa_handler = on_interrupt;
    if (sigaction(SIGINT, &action, nullptr) != 0) {
        perror("sigaction");
        return 1;
    }

    mq_attr attr{};
    attr.mq_maxmsg = 10;
    attr.mq_msgsize = 4096;
    mqd_t mq = mq_open("/ipc-lab", O_CREAT | O_WRONLY, 0600, &attr);
    if (mq < 0) {
        perror("mq_open");
        return 1;
    }

    char data[4096];
    ssize_t n = 1;
    while (!stop && n > 0) {
        n = read(STDIN_FILENO, data, sizeof data);
        if (n < 0 && errno != EINTR) {
            perror("read");
            mq_unlink("/ipc-lab");
            return 1;
        }
        if (n > 0) {
            int sent;
            do
                sent = mq_send(mq, data, n, 0);
            while (sent < 0 && errno == EINTR);
            if (sent < 0) {
                perror("mq_send");
                mq_unlink("/ipc-lab");
                return 1;
            }
        }
    }
    while (mq_send(mq, data, 0, 0) < 0) {
        if (errno == EINTR) continue;
        perror("mq_send");
        mq_unlink("/ipc-lab");
        return 1;
    }
    return 0;
}
