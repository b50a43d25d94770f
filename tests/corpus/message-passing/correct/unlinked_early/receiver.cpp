#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <cstdio>
#include <vector>

static bool receive(mqd_t q, std::vector<char> &text) {
    text.resize(8192);
    const ssize_t n = mq_receive(q, text.data(), text.size(), nullptr);
    if (n < 0) std::perror("mq_receive");
    text.resize(n < 0 ? 0 : n);
    return n >= 0;
}

int main() {
    mqd_t q = mq_open("/ipc-lab", O_CREAT | O_RDONLY, 0600, nullptr);
    if (q == mqd_t(-1)) {
        std::perror("mq_open");
        return 1;
    }

    std::vector<char> text;
    const bool greeted = receive(q, text);
    // Both have it open now: the name is not needed any more, and the queue goes by itself when the
    // last of us closes it, whatever happens from here on.
    if (mq_unlink("/ipc-lab") != 0) {
        std::perror("mq_unlink");
        mq_unlink("/ipc-lab");
        return 1;
    }
    if (!greeted) return 1;

    for (;;) {
        if (!receive(q, text)) return 1;
        if (text.empty()) break;
        if (std::fwrite(text.data(), text.size(), 1, stdout) != 1) return std::perror("stdout"), 1;
    }
    if (std::fflush(stdout) != 0) return std::perror("stdout"), 1;
    return 0;
}
