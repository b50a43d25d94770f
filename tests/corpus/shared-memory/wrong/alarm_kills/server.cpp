#include <unistd.h>

#include <cstring>
#include <iostream>

#include "what we share.h"

int createSegment() {
    const int flags = IPC_CREAT | IPC_EXCL | 0600;
    int id = shmget(KEY, sizeof(Shared), flags);
    if (id == -1 && errno == EEXIST) {
        int old = shmget(KEY, 0, 0);
        sys(old, "shmget (old one)");
        sys(shmctl(old, IPC_RMID, nullptr), "shmctl (old one)");
        id = shmget(KEY, sizeof(Shared), flags);
    }
    sys(id, "shmget");
    return id;
}

void talk(Shared* shared) {
    sys(sem_init(&shared->full, /*pshared=*/1, 0), "sem_init");
    sys(sem_init(&shared->seen, /*pshared=*/1, 0), "sem_init");
    shared->ready.store(READY);

    strcpy(shared->alphabet, "abcdefghijklmnopqrstuvwxyz");
    V(shared->full);
    alarm(5);  // nobody hangs here for ever
    P(shared->seen);
    alarm(0);
}

int main() {
    int id = -1;
    try {
        id = createSegment();
        talk(attach(id));
        int remove = id;
        id = -1;
        sys(shmctl(remove, IPC_RMID, nullptr), "shmctl");
    } catch (const std::exception& e) {
        std::cerr << "server: " << e.what() << "\n";
        if (id != -1) shmctl(id, IPC_RMID, nullptr);
        return 1;
    }
}
