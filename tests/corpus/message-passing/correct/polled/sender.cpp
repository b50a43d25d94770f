#include "queue.h"

#include <cstdio>
#include <unistd.h>
#include <vector>

static void send(Queue &queue, const std::vector<char> &text) {
    while (mq_send(queue.fd(), text.data(), text.size(), 1) == -1) {
        if (errno == EAGAIN)
            queue.wait(POLLOUT);
        else
            Queue::fail("mq_send");
    }
}

static std::vector<char> some_input() {
    std::vector<char> text(Queue::kSize);
    ssize_t n = read(STDIN_FILENO, text.data(), text.size());
    if (n == -1)
        Queue::fail("read");
    text.resize(n);
    return text;
}

int main() {
    bool made = false;
    try {
        Queue queue(O_WRONLY);
        made = true;
        for (auto text = some_input(); text.size() > 0; text = some_input())
            send(queue, text);
        send(queue, {});
        return 0;
    } catch (const std::runtime_error &error) {
        fprintf(stderr, "sender: %s\n", error.what());
        if (made)
            Queue::unlink();
        return 1;
    }
}
