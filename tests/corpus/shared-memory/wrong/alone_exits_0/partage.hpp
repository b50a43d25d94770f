#pragma once
#include <sys/shm.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

// Le jeton dit à qui est le tour. Un segment neuf ne contient que des zéros : à personne.
enum class Jeton : int { personne, client, serveur };

struct Page {
    std::atomic<Jeton> jeton;
    char texte[27];
};

inline int nouveau_segment() {
    int ancien = shmget(5678, 0, 0);
    if (ancien != -1) shmctl(ancien, IPC_RMID, nullptr);
    int id = shmget(5678, sizeof(Page), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) throw std::runtime_error("shmget");
    return id;
}

inline Page* attacher(int id) {
    void* p = shmat(id, nullptr, 0);
    if (p == (void*)-1) throw std::runtime_error("shmat");
    return static_cast<Page*>(p);
}

inline void attendre(std::atomic<Jeton>& jeton, Jeton tour) {
    while (jeton.load() != tour) std::this_thread::sleep_for(std::chrono::milliseconds(2));
}
