#include "queue.hpp"

// Instead of waiting in mq_receive we let the kernel wake us up when there is something.
int main() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, nullptr);

    const mqd_t q = lab::open(O_RDONLY | O_NONBLOCK);
    if (q == -1) return lab::failed("mq_open", false);

    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGRTMIN;

    char block[lab::size];
    for (;;) {
        const ssize_t n = mq_receive(q, block, sizeof block, nullptr);
        if (n > 0) {
            if (!std::cout.write(block, n)) return lab::failed("stdout");
        } else if (n == 0) {
            break;
        } else if (errno == EAGAIN) {
            // Nothing there: sleep until something comes.
            if (mq_notify(q, &event) == -1) return lab::failed("mq_notify");
            siginfo_t info;
            while (sigwaitinfo(&set, &info) == -1) {
                if (errno != EINTR) return lab::failed("sigwaitinfo");
            }
        } else {
            return lab::failed("mq_receive");
        }
    }
    if (!std::cout.flush()) return lab::failed("stdout");
    if (mq_unlink(lab::name) == -1) return lab::failed("mq_unlink");
}
