#include <sys/ipc.h>
#include <sys/msg.h>
#include <cstdio>

struct Block {
    long togo;
    char bytes[1024];
};

static bool print(int id) {
    Block block;
    do {
        const ssize_t n = msgrcv(id, &block, sizeof block.bytes, 0, 0);
        if (n == -1) {
            std::perror("receiver: msgrcv");
            return false;
        }
        if (std::fwrite(block.bytes, 1, n, stdout) != static_cast<std::size_t>(n)) {
            std::perror("receiver: stdout");
            return false;
        }
    } while (block.togo > 1);
    if (std::fflush(stdout) != 0) {
        std::perror("receiver: stdout");
        return false;
    }
    return true;
}

int main() {
    const int id = msgget(5679, IPC_CREAT | 0600);
    if (id == -1) {
        std::perror("receiver: msgget");
        return 1;
    }
    bool good = print(id);
    if (msgctl(id, IPC_RMID, nullptr) == -1) {
        std::perror("receiver: msgctl");
        good = false;
    }
    return good ? 0 : 1;
}
