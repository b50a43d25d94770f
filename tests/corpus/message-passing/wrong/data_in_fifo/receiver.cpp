#include "common.hpp"

int main() {
    return run("receiver", [] {
        const mqd_t q = open_control(O_RDONLY);
        const int fd = open_data(O_RDONLY);
        for (;;) {
            std::uint32_t size;
            if (mq_receive(q, reinterpret_cast<char*>(&size), sizeof size, nullptr) == -1)
                fail("mq_receive");
            if (size == 0) break;
            char block[most];
            for (std::uint32_t at = 0; at < size;) {
                const ssize_t n = read(fd, block + at, size - at);
                if (n == -1) fail("read");
                if (n == 0) throw std::system_error(EPIPE, std::generic_category(), "data");
                at += n;
            }
            if (!std::cout.write(block, size)) fail("stdout");
        }
        if (!std::cout.flush()) fail("stdout");
        if (mq_unlink(control) == -1) fail("mq_unlink");
    });
}
