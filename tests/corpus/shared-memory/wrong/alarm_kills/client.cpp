#include <chrono>
#include <iostream>
#include <thread>

#include "what we share.h"

using namespace std::chrono_literals;

int main() {
    try {
        int id = shmget(KEY, sizeof(Shared), 0);
        sys(id, "shmget");
        Shared* shared = attach(id);

        // The segment can be older than its semaphores.
        auto start = std::chrono::steady_clock::now();
        while (shared->ready.load() != READY) {
            if (std::chrono::steady_clock::now() - start > 15s)
                throw std::runtime_error("nobody initialised the segment");
            std::this_thread::sleep_for(1ms);
        }

        P(shared->full);
        std::string alphabet(shared->alphabet);
        V(shared->seen);

        std::cout << alphabet << std::endl;
        if (!std::cout) throw std::runtime_error("can't write to stdout");
    } catch (const std::exception& e) {
        std::cerr << "client: " << e.what() << "\n";
        return 1;
    }
    return 0;
}
