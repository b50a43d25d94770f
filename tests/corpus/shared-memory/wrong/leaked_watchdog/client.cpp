// Aufgabe 3.2 - Client
#include "ipc.h"
#include <cstdio>
#include <csignal>
#include <string>
#include <unistd.h>

// Falls der Server nie antwortet, beendet uns der Wachhund nach einer Minute.
static bool wachhund()
{
    pid_t ich = getpid();
    pid_t hund = fork();
    if (hund == 0)
    {
        sleep(60);
        kill(ich, SIGTERM);
        _exit(0);
    }
    return hund > 0;
}

int main()
{
    int shm = shmget(KEY, LAENGE, 0);
    if (shm < 0) { perror("Speicher"); return 1; }
    int sem = semget(KEY, 2, 0);
    if (sem < 0) { perror("Semaphore"); return 1; }
    if (!wachhund()) { perror("Wachhund"); return 1; }
    char *p = (char *) shmat(shm, 0, SHM_RDONLY);
    if (p == (char *) -1) { perror("Einblenden"); return 1; }

    if (!semaphor(sem, 0, -1)) { perror("semop"); return 1; }
    std::string s(p);
    if (!semaphor(sem, 1, +1)) { perror("semop"); return 1; }

    if (std::puts(s.c_str()) < 0 || std::fflush(stdout) != 0) { perror("Ausgabe"); return 1; }
    return 0;
}
