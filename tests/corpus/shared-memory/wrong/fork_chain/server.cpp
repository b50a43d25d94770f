#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "sem.h"

const int HELPERS = 8;

// Each helper does a part of the work. (There is not much work, to be honest.)
void work(int) {
    usleep(500 * 1000);
}

void with_helpers() {
    bool helper = false;
    for (int i = 0; i < HELPERS; i++) {
        if (fork() == 0) {
            helper = true;
            work(i);
        }
    }
    while (wait(nullptr) > 0) {
    }
    if (helper) _exit(0);
}

int main() {
    if (shmget(5678, 0, 0) >= 0) {
        std::fprintf(stderr, "segment 5678 is there already\n");
        return 1;
    }
    with_helpers();

    int sem = semget(5678, 2, IPC_CREAT | IPC_EXCL | 0600);
    int shm = sem < 0 ? -1 : shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
    char* text = shm < 0 ? nullptr : static_cast<char*>(shmat(shm, nullptr, 0));
    int status = 1;
    if (!text || text == reinterpret_cast<char*>(-1)) {
        std::perror("server");
    } else {
        for (int i = 0; i < 26; i++) text[i] = 'a' + i;
        text[26] = '\0';
        if (plus(sem, 0) && minus(sem, 1)) status = 0;
    }
    if (shm >= 0 && shmctl(shm, IPC_RMID, nullptr) < 0) status = 1;
    if (sem >= 0 && semctl(sem, 0, IPC_RMID) < 0) status = 1;
    return status;
}
