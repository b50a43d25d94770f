#include <sys/shm.h>

#include <algorithm>
#include <iostream>

#include "sems.hpp"

struct Segment {
    int id;
    char* data;

    Segment() {
        id = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
        if (id < 0) throw std::runtime_error("shmget");
        data = static_cast<char*>(shmat(id, nullptr, 0));
        if (data == reinterpret_cast<char*>(-1)) {
            shmctl(id, IPC_RMID, nullptr);
            throw std::runtime_error("shmat");
        }
    }
    ~Segment() {
        shmdt(data);
        shmctl(id, IPC_RMID, nullptr);
    }
};

int main() {
    if (shmget(5678, 0, 0) >= 0) {
        std::cerr << "There is still a segment with key 5678, please remove it first.\n";
        return 1;
    }
    try {
        NamedSemaphore ready("/ipc_lab_ready", O_CREAT);
        NamedSemaphore finished("/ipc_lab_finished", O_CREAT);
        Segment segment;
        std::generate_n(segment.data, 26, [c = 'a']() mutable { return c++; });
        segment.data[26] = '\0';
        ready.up();
        finished.down();
    } catch (const std::exception& e) {
        std::cerr << e.what() << " failed\n";
        return 1;
    }
}
