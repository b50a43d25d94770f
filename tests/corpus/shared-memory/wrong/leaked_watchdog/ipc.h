// Aufgabe 3.2 - gemeinsame Definitionen
#pragma once
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>
#include <errno.h>

#define KEY 5678
#define LAENGE 27

inline bool semaphor(int id, short nummer, short um)
{
    struct sembuf op = { (unsigned short)nummer, um, 0 };
    int r;
    while ((r = semop(id, &op, 1)) < 0 && errno == EINTR) { }
    return r == 0;
}
