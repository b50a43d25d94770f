#pragma once

#include <semaphore.h>
#include <sys/shm.h>

#include <atomic>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

constexpr key_t KEY = 5678;
constexpr unsigned READY = 0xABCDEF;

struct Shared {
    std::atomic<unsigned> ready;  // READY once the semaphores can be used
    sem_t full;
    sem_t seen;
    char alphabet[27];
};

inline void sys(int result, const std::string& name) {
    if (result == -1) throw std::system_error(errno, std::generic_category(), name);
}

inline void P(sem_t& sem) {
    while (sem_wait(&sem) == -1)
        if (errno != EINTR) sys(-1, "sem_wait");
}

inline void V(sem_t& sem) { sys(sem_post(&sem), "sem_post"); }

inline Shared* attach(int id) {
    void* p = shmat(id, nullptr, 0);
    if (p == (void*)-1) sys(-1, "shmat");
    return static_cast<Shared*>(p);
}
