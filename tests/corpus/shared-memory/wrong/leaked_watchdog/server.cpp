// Aufgabe 3.2 - Server
#include "ipc.h"
#include <cstdio>

int main()
{
    int sem = semget(KEY, 2, IPC_CREAT | IPC_EXCL | 0600);
    if (sem < 0) { perror("Semaphore"); return 1; }

    bool gut = false;
    int shm = shmget(KEY, LAENGE, IPC_CREAT | IPC_EXCL | 0600);
    if (shm < 0)
        perror("Speicher");
    else
    {
        char *p = (char *) shmat(shm, 0, 0);
        if (p == (char *) -1)
            perror("Einblenden");
        else
        {
            for (char c = 'a'; c <= 'z'; c++) p[c - 'a'] = c;
            p[26] = 0;
            gut = semaphor(sem, 0, +1) && semaphor(sem, 1, -1);
            if (!gut) perror("semop");
        }
        if (shmctl(shm, IPC_RMID, 0) < 0) { perror("Speicher loeschen"); gut = false; }
    }
    if (semctl(sem, 0, IPC_RMID) < 0) { perror("Semaphore loeschen"); gut = false; }
    return gut ? 0 : 1;
}
