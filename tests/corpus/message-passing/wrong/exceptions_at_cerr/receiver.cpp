#include "sysv.hpp"

int main() {
    try {
        // A full disk is an exception like everything else.
        std::cout.exceptions(std::ios::failbit | std::ios::badbit);

        Queue queue;
        Queue::Message message;
        for (auto n = queue.get(message); message.type != Queue::end; n = queue.get(message))
            std::cout.write(message.bytes, n);
        std::cout.flush();
        if (msgctl(queue.release(), IPC_RMID, nullptr) < 0) throw_errno("msgctl");
    } catch (const std::exception& e) {
        std::cerr << "receiver: " << e.what() << "\n";
        return 1;
    }
}
