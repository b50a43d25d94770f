#include "common.hpp"

int main() {
    return run("sender", [] {
        const mqd_t q = open_control(O_WRONLY);
        const int fd = open_data(O_WRONLY);
        char block[most];
        for (;;) {
            const ssize_t n = read(0, block, sizeof block);
            if (n == -1) fail("read");
            const std::uint32_t size = n;
            if (mq_send(q, reinterpret_cast<const char*>(&size), sizeof size, 0) == -1) fail("mq_send");
            if (size == 0) break;
            for (ssize_t at = 0; at < n;) {
                const ssize_t w = write(fd, block + at, n - at);
                if (w == -1) fail("write");
                at += w;
            }
        }
    });
}
