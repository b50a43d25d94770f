#include <sys/sem.h>
#include <sys/shm.h>

#include <cerrno>
#include <cstdio>
#include <iostream>

int main() {
    int id = shmget(5678, 27, 0);
    int set = id == -1 ? -1 : semget(5678, 2, 0);
    if (set == -1) {
        std::perror("client");
        return 1;
    }
    const void* memory = shmat(id, nullptr, SHM_RDONLY);
    if (memory == reinterpret_cast<void*>(-1)) {
        std::perror("client: shmat");
        return 1;
    }

    sembuf down{0, -1, 0}, up{1, 1, 0};
    int r;
    do r = semop(set, &down, 1);
    while (r == -1 && errno == EINTR);
    if (r == -1) {
        std::perror("client: semop");
        return 1;
    }

    std::cout << static_cast<const char*>(memory) << std::endl;

    if (semop(set, &up, 1) == -1) {
        std::perror("client: semop");
        return 1;
    }
    return std::cout ? 0 : 1;
}
