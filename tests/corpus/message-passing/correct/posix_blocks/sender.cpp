#include <array>
#include <cstdio>
#include <iostream>
#include <unistd.h>

#include "queue.hpp"

int main() {
    try {
        ipc::queue q{O_WRONLY};
        std::array<char, ipc::block> buffer;
        for (;;) {
            const auto n = ::read(0, buffer.data(), buffer.size());
            if (n == -1 && errno == EINTR) continue;
            if (n == -1) ipc::complain("read");
            q.send(std::span{buffer}.first(n));  // the empty one at the end, too: it is the mark
            if (n == 0) break;
        }
        q.keep_name();
    } catch (const std::exception& e) {
        std::cerr << e.what() << std::endl;
        return EXIT_FAILURE;
    }
}
