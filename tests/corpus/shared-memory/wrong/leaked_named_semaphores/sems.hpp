#pragma once
#include <fcntl.h>
#include <semaphore.h>

#include <cerrno>
#include <stdexcept>
#include <string>

class NamedSemaphore {
    sem_t* sem;

public:
    NamedSemaphore(const char* name, int flags) : sem(sem_open(name, flags, 0600, 0)) {
        if (sem == SEM_FAILED) throw std::runtime_error(std::string("sem_open ") + name);
    }
    ~NamedSemaphore() { sem_close(sem); }

    void up() {
        if (sem_post(sem) != 0) throw std::runtime_error("sem_post");
    }
    void down() {
        while (sem_wait(sem) != 0)
            if (errno != EINTR) throw std::runtime_error("sem_wait");
    }
};
