#include <array>
#include <iostream>

#include "queue.hpp"

int main() {
    try {
        ipc::queue q{O_RDONLY};
        std::array<char, ipc::block> buffer;
        for (auto text = q.receive(buffer); !text.empty(); text = q.receive(buffer))
            if (!std::cout.write(text.data(), text.size())) ipc::complain("stdout");
        if (!std::cout.flush()) ipc::complain("stdout");
        q.unlink();
    } catch (const std::exception& e) {
        std::cerr << e.what() << std::endl;
        return EXIT_FAILURE;
    }
}
