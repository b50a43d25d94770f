#include <sys/ipc.h>
#include <sys/msg.h>

#include <cstdio>

struct Block {
    long type;
    char text[32];
};

int main() {
    int queue = msgget(5679, IPC_CREAT | 0600);
    if (queue < 0) {
        std::perror("receiver: msgget");
        return 1;
    }
    bool good = true;
    while (good) {
        Block block;
        ssize_t size = msgrcv(queue, &block, sizeof block.text, 0, 0);
        if (size < 0)
            good = false;
        else if (block.type == 2)
            break;
        else
            good = std::fwrite(block.text, 1, size, stdout) == static_cast<size_t>(size);
    }
    if (good) good = std::fflush(stdout) == 0;
    if (!good) std::perror("receiver");
    if (msgctl(queue, IPC_RMID, nullptr) < 0) {
        std::perror("receiver: msgctl");
        good = false;
    }
    return good ? 0 : 1;
}
