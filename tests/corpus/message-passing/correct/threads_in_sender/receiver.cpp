#include <sys/ipc.h>
#include <sys/msg.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <memory>

struct Message {
    long type;
    char text[2048];
};

int main() {
    const int queue = msgget(5679, IPC_CREAT | 0600);
    bool good = queue >= 0;
    if (!good) std::cerr << "receiver: msgget: " << std::strerror(errno) << std::endl;

    const auto message = std::make_unique<Message>();
    while (good) {
        const ssize_t n = msgrcv(queue, message.get(), sizeof message->text, 0, 0);
        if (n < 0) {
            if (errno == EINTR) continue;
            std::cerr << "receiver: msgrcv: " << std::strerror(errno) << std::endl;
            good = false;
        } else if (message->type == 2) {
            break;
        } else {
            good = bool(std::cout.write(message->text, n));
        }
    }
    if (good && !std::cout.flush()) good = false;
    if (!std::cout) std::cerr << "receiver: cannot write" << std::endl;

    if (queue >= 0 && msgctl(queue, IPC_RMID, nullptr) < 0) {
        std::cerr << "receiver: msgctl: " << std::strerror(errno) << std::endl;
        good = false;
    }
    return good ? 0 : 1;
}
