#include <sys/sem.h>
#include <sys/shm.h>

#include <cstring>
#include <iostream>
#include <stdexcept>

#include "semaphore_pair.h"

class Segment {
    int id_;
    char* address_ = nullptr;

public:
    explicit Segment(std::size_t size) : id_(shmget(5678, size, IPC_CREAT | IPC_EXCL | 0600)) {
        if (id_ == -1) throw std::runtime_error("cannot create the segment");
        address_ = static_cast<char*>(shmat(id_, nullptr, 0));
        if (address_ == reinterpret_cast<char*>(-1)) {
            shmctl(id_, IPC_RMID, nullptr);
            throw std::runtime_error("cannot attach the segment");
        }
    }
    ~Segment() {
        shmdt(address_);
        shmctl(id_, IPC_RMID, nullptr);
    }
    char* data() { return address_; }
};

void make_sure_that_the_key_is_free() {
    if (shmget(5678, 0, 0) != -1) throw std::logic_error("the key 5678 is taken, by whom?");
}

int main() {
    make_sure_that_the_key_is_free();
    try {
        SemaphorePair semaphores(IPC_CREAT | IPC_EXCL | 0600);
        Segment segment(27);
        std::strcpy(segment.data(), "abcdefghijklmnopqrstuvwxyz");
        semaphores.add(0, 1);
        semaphores.add(1, -1);
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
}
