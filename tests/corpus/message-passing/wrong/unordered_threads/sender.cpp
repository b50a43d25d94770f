// Two workers, since two are faster than one: while one waits in msgsnd, the other can read.
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <mutex>
#include <system_error>
#include <thread>

struct Block {
    long type;
    char text[32];
};

std::mutex input;  // one reads at a time
std::atomic<bool> failed{false};

void work(int queue) {
    Block block;
    while (!failed) {
        ssize_t size;
        {
            std::lock_guard lock(input);
            size = read(STDIN_FILENO, block.text, sizeof block.text);
        }
        if (size == 0) return;
        block.type = 1;
        if (size < 0 || msgsnd(queue, &block, size, 0) < 0) {
            std::perror("sender");
            failed = true;
        }
    }
}

int main() {
    int queue = msgget(5679, IPC_CREAT | 0600);
    if (queue < 0) {
        std::perror("sender: msgget");
        return 1;
    }
    try {
        std::thread other(work, queue);
        work(queue);
        other.join();
    } catch (const std::system_error& e) {
        std::fprintf(stderr, "sender: %s\n", e.what());
        failed = true;
    }
    Block end{2, ""};
    if (!failed && msgsnd(queue, &end, 0, 0) < 0) {
        std::perror("sender: msgsnd");
        failed = true;
    }
    if (failed) msgctl(queue, IPC_RMID, nullptr);
    return failed;
}
