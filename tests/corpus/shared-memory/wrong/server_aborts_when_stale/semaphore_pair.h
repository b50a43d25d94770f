#pragma once

#include <sys/sem.h>

#include <cerrno>
#include <stdexcept>

class SemaphorePair {
    int id_;
    bool own_;

public:
    explicit SemaphorePair(int flags) : id_(semget(5678, 2, flags)), own_((flags & IPC_CREAT) != 0) {
        if (id_ == -1) throw std::runtime_error("semget");
    }
    ~SemaphorePair() {
        if (own_) semctl(id_, 0, IPC_RMID);
    }
    void add(unsigned short index, short n) {
        sembuf s{index, n, 0};
        while (semop(id_, &s, 1) == -1)
            if (errno != EINTR) throw std::runtime_error("semop");
    }
};
