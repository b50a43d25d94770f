#include "queue.h"

#include <cstdio>
#include <unistd.h>

static void print(const char *text, size_t size) {
    while (size > 0) {
        ssize_t n = write(STDOUT_FILENO, text, size);
        if (n == -1)
            Queue::fail("write");
        text += n;
        size -= n;
    }
}

int main() {
    bool made = false;
    try {
        Queue queue(O_RDONLY);
        made = true;
        char text[Queue::kSize];
        for (;;) {
            queue.wait(POLLIN);
            ssize_t n = mq_receive(queue.fd(), text, sizeof text, nullptr);
            if (n == 0)
                break;
            if (n > 0)
                print(text, n);
            else if (errno != EAGAIN)
                Queue::fail("mq_receive");
        }
    } catch (const std::runtime_error &error) {
        fprintf(stderr, "receiver: %s\n", error.what());
        if (made)
            Queue::unlink();
        return 1;
    }
    if (!Queue::unlink()) {
        perror("receiver: mq_unlink");
        return 1;
    }
    return 0;
}
