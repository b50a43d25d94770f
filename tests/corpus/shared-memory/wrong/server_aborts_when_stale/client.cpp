#include <sys/shm.h>

#include <iostream>
#include <stdexcept>

#include "semaphore_pair.h"

int main() {
    try {
        const int id = shmget(5678, 0, 0);
        if (id == -1) throw std::runtime_error("shmget");
        if (semget(5678, 2, 0) == -1) {
            // Segments without semaphores are not ours. The next server shall have it easier.
            shmctl(id, IPC_RMID, nullptr);
            throw std::runtime_error("removed an old segment");
        }
        SemaphorePair semaphores(0);
        const void* text = shmat(id, nullptr, SHM_RDONLY);
        if (text == reinterpret_cast<void*>(-1)) throw std::runtime_error("shmat");

        semaphores.add(0, -1);
        std::cout << static_cast<const char*>(text) << std::endl;
        semaphores.add(1, 1);
        if (!std::cout) throw std::runtime_error("stdout");
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
}
