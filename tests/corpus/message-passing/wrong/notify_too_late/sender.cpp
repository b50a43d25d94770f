#include <unistd.h>
#include "queue.hpp"

int main() {
    const mqd_t q = lab::open(O_WRONLY);
    if (q == -1) return lab::failed("mq_open", false);
    char block[lab::size];
    for (;;) {
        const ssize_t n = read(STDIN_FILENO, block, sizeof block);
        if (n == -1) return lab::failed("read");
        if (mq_send(q, block, n, 0) == -1) return lab::failed("mq_send");
        if (n == 0) return EXIT_SUCCESS;
    }
}
