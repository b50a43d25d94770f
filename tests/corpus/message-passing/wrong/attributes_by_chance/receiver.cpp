#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <cstdio>
#include <string>

bool receive(mqd_t queue) {
    mq_attr attributes;
    if (mq_getattr(queue, &attributes) == -1) return false;
    for (;;) {
        std::string text(attributes.mq_msgsize, 0);  // whoever made the queue
        const ssize_t size = mq_receive(queue, text.data(), text.size(), nullptr);
        if (size == -1) return false;
        if (size == 0) break;
        if (std::fwrite(text.data(), size, 1, stdout) != 1) return false;
    }
    return std::fflush(stdout) == 0;
}

int main() {
    mq_attr attributes{};
    attributes.mq_maxmsg = 10;
    attributes.mq_msgsize = 128;
    const mqd_t queue = mq_open("/ipc-lab", O_CREAT | O_RDONLY, 0600, &attributes);
    if (queue == -1) {
        std::perror("receiver: mq_open");
        return 1;
    }
    bool good = receive(queue);
    if (!good) std::perror("receiver");
    if (mq_unlink("/ipc-lab") == -1) {
        std::perror("receiver: mq_unlink");
        good = false;
    }
    return good ? 0 : 1;
}
