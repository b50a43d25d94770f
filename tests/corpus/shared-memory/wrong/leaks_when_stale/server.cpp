#include <fcntl.h>
#include <semaphore.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include <cerrno>
#include <cstring>
#include <iostream>

const char* const LOCK = "/only_one_alphabet_server";

bool operate(int set, unsigned short number, short value) {
    sembuf s{number, value, 0};
    while (semop(set, &s, 1) == -1) {
        if (errno != EINTR) return false;
    }
    return true;
}

int main() {
    sem_t* lock = sem_open(LOCK, O_CREAT | O_EXCL, 0600, 0);
    if (lock == SEM_FAILED) {
        std::cerr << "another server is running\n";
        return 1;
    }

    if (shmget(5678, 0, 0) != -1) {
        std::cerr << "old segment found, I don't touch it\n";
        return 1;
    }

    int status = 1;
    int set = semget(5678, 2, IPC_CREAT | 0600);
    int id = set == -1 ? -1 : shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
    void* memory = id == -1 ? nullptr : shmat(id, nullptr, 0);

    if (set == -1 || id == -1 || memory == reinterpret_cast<void*>(-1)) {
        std::cerr << "set-up: " << std::strerror(errno) << "\n";
    } else {
        std::strcpy(static_cast<char*>(memory), "abcdefghijklmnopqrstuvwxyz");
        if (operate(set, 0, 1) && operate(set, 1, -1))
            status = 0;
        else
            std::cerr << "semop: " << std::strerror(errno) << "\n";
    }

    if (id != -1) shmctl(id, IPC_RMID, nullptr);
    if (set != -1) semctl(set, 0, IPC_RMID);
    sem_unlink(LOCK);
    return status;
}
