#include <unistd.h>
#include "sysv.hpp"

int main() {
    try {
        Queue queue;
        Queue::Message message{Queue::text, {}};
        for (;;) {
            const auto n = ::read(STDIN_FILENO, message.bytes, sizeof message.bytes);
            if (n < 0) throw_errno("read");
            if (n == 0) break;
            queue.put(message, n);
        }
        message.type = Queue::end;
        queue.put(message, 0);
        queue.release();
    } catch (const std::exception& e) {
        std::cerr << "sender: " << e.what() << "\n";
        return 1;
    }
}
