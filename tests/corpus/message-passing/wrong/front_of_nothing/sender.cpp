#include <sys/ipc.h>
#include <sys/msg.h>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

// togo: how many blocks are still to come, this one counted.
struct Block {
    long togo;
    char bytes[1024];
};

int main() {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    if (std::ferror(stdin)) {
        std::perror("sender");
        return 1;
    }

    std::vector<std::string> blocks;
    for (std::size_t i = 0; i < text.size(); i += 1024) blocks.push_back(text.substr(i, 1024));
    // For the record.
    if (blocks.at(blocks.size() - 1).size() == 1024) std::cerr << "a full block at the end\n";

    const int id = msgget(5679, IPC_CREAT | 0600);
    if (id == -1) {
        std::perror("sender");
        return 1;
    }
    for (std::size_t i = 0; i < blocks.size(); i++) {
        Block block;
        block.togo = blocks.size() - i;
        std::memcpy(block.bytes, blocks[i].data(), blocks[i].size());
        if (msgsnd(id, &block, blocks[i].size(), 0) == -1) {
            std::perror("sender");
            msgctl(id, IPC_RMID, nullptr);
            return 1;
        }
    }
    return 0;
}
