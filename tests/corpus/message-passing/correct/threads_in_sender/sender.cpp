// One thread reads, one sends. Between them is a short list of blocks.
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <iostream>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

class Blocks {
public:
    // false: nobody takes them any more
    bool put(std::string block) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return blocks_.size() < 4 || given_up_; });
        if (given_up_) return false;
        blocks_.push_back(std::move(block));
        changed_.notify_all();
        return true;
    }
    std::string take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !blocks_.empty(); });
        std::string block = std::move(blocks_.front());
        blocks_.pop_front();
        changed_.notify_all();
        return block;
    }
    void give_up() {
        std::lock_guard lock(mutex_);
        given_up_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> blocks_;
    bool given_up_ = false;
};

struct Message {
    long type;
    char text[2048];
};

bool send(int queue, long type, const std::string& text) {
    Message message;
    message.type = type;
    std::memcpy(message.text, text.data(), text.size());
    while (msgsnd(queue, &message, text.size(), 0) < 0)
        if (errno != EINTR) return false;
    return true;
}

// An empty block is the end.
void send_all(int queue, Blocks& blocks, bool& sent) {
    for (;;) {
        const std::string block = blocks.take();
        if (!send(queue, block.empty() ? 2 : 1, block)) {
            std::cerr << "sender: msgsnd: " << std::strerror(errno) << std::endl;
            blocks.give_up();
            return;
        }
        if (block.empty()) break;
    }
    sent = true;
}

bool read_all(Blocks& blocks) {
    char text[2048];
    for (;;) {
        const ssize_t n = read(0, text, sizeof text);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            std::cerr << "sender: read: " << std::strerror(errno) << std::endl;
            return false;
        }
        if (!blocks.put(std::string(text, n))) return false;
        if (n == 0) return true;
    }
}

int main() {
    const int queue = msgget(5679, IPC_CREAT | 0600);
    if (queue < 0) {
        std::cerr << "sender: msgget: " << std::strerror(errno) << std::endl;
        return 1;
    }

    Blocks blocks;
    bool sent = false;
    try {
        std::thread sending(send_all, queue, std::ref(blocks), std::ref(sent));
        if (!read_all(blocks)) {
            // The thread waits for a block or for room. Without the queue, neither helps it.
            msgctl(queue, IPC_RMID, nullptr);
            blocks.put("");
        }
        sending.join();
    } catch (const std::system_error& error) {
        std::cerr << "sender: " << error.what() << std::endl;
    }
    if (sent) return 0;
    msgctl(queue, IPC_RMID, nullptr);
    return 1;
}
