#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <vector>

// The first message is a greeting. When the receiver has it, it knows that we have opened the queue.
static const char greeting[] = "hello";

static int oops(const char *what) {
    std::perror(what);
    mq_unlink("/ipc-lab");
    return 1;
}

int main() {
    mqd_t q = mq_open("/ipc-lab", O_CREAT | O_WRONLY, 0600, nullptr);  // 10 messages of 8192 bytes
    if (q == mqd_t(-1)) {
        std::perror("mq_open");
        return 1;
    }
    if (mq_send(q, greeting, sizeof greeting, 0)) return oops("mq_send");

    std::vector<char> buffer(8192);
    size_t n;
    do {
        n = std::fread(buffer.data(), 1, buffer.size(), stdin);
        if (std::ferror(stdin)) return oops("stdin");
        if (mq_send(q, buffer.data(), n, 0)) return oops("mq_send");
    } while (n > 0);
}
