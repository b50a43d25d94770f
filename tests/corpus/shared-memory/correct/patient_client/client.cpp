// IPC Übung, Gruppe 7 (Client)
#include <iostream>
#include <string>
#include <cstring>
#include <cerrno>
#include <cstdlib>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>

using namespace std;

void fehler(const char *was)
{
    cerr << was << ": " << strerror(errno) << endl;
    exit(EXIT_FAILURE);
}

int main()
{
    // Falls jemand den Client vor dem Server startet, geben wir dem Server noch 11 Sekunden.
    int shm;
    for (int versuch = 0; (shm = shmget(5678, 27, 0)) < 0; versuch++) {
        if (errno != ENOENT || versuch == 110)
            fehler("shmget");
        usleep(100000);
    }

    int sem = semget(5678, 2, 0);
    if (sem < 0)
        fehler("semget");
    char *p = (char *)shmat(shm, nullptr, 0);
    if (p == (char *)-1)
        fehler("shmat");

    sembuf geschrieben = {0, -1, 0};
    while (semop(sem, &geschrieben, 1) < 0)
        if (errno != EINTR)
            fehler("semop");

    string alphabet = p;

    sembuf gelesen = {1, 1, 0};
    if (semop(sem, &gelesen, 1) < 0)
        fehler("semop");

    cout << alphabet << endl;
    if (!cout)
        fehler("Ausgabe");
    return EXIT_SUCCESS;
}
