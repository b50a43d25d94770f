// IPC Übung, Gruppe 7 (Server)
#include <iostream>
#include <cstring>
#include <cerrno>
#include <cstdlib>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>

using namespace std;

int main()
{
    // ein Semaphorfeld mit zwei Semaphoren: [0] = "geschrieben", [1] = "gelesen"
    int sem = semget(5678, 2, IPC_CREAT | IPC_EXCL | 0666);
    if (sem < 0) {
        cerr << "semget: " << strerror(errno) << endl;
        return EXIT_FAILURE;
    }

    int shm = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0666);
    if (shm < 0) {
        cerr << "shmget: " << strerror(errno) << endl;
        semctl(sem, 0, IPC_RMID);
        return EXIT_FAILURE;
    }

    bool ok = false;
    char *p = (char *)shmat(shm, nullptr, 0);
    if (p == (char *)-1) {
        cerr << "shmat: " << strerror(errno) << endl;
    } else {
        strcpy(p, "abcdefghijklmnopqrstuvwxyz");

        sembuf geschrieben = {0, 1, 0};
        sembuf gelesen = {1, -1, 0};
        int r = semop(sem, &geschrieben, 1);
        if (r == 0) {
            do {
                r = semop(sem, &gelesen, 1);
            } while (r < 0 && errno == EINTR);
        }
        if (r < 0)
            cerr << "semop: " << strerror(errno) << endl;
        ok = (r == 0);
    }

    if (shmctl(shm, IPC_RMID, nullptr) < 0) {
        cerr << "shmctl: " << strerror(errno) << endl;
        ok = false;
    }
    if (semctl(sem, 0, IPC_RMID) < 0) {
        cerr << "semctl: " << strerror(errno) << endl;
        ok = false;
    }
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
