#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <cstdio>
#include <string>

constexpr std::size_t kMost = 8192;

int main() {
    mq_attr attributes{};
    attributes.mq_maxmsg = 4;
    attributes.mq_msgsize = kMost;
    const mqd_t queue = mq_open("/ipc-lab", O_CREAT | O_WRONLY, 0600, &attributes);
    if (queue == -1) {
        std::perror("sender: mq_open");
        return 1;
    }
    std::string line;
    do {
        line.clear();
        for (int c; line.size() < kMost && (c = std::getchar()) != EOF;) {
            line += static_cast<char>(c);
            if (c == '\n') break;
        }
        if (std::ferror(stdin) || mq_send(queue, line.data(), line.size(), 0) == -1) {
            std::perror("sender");
            mq_unlink("/ipc-lab");
            return 1;
        }
    } while (!line.empty());
}
