#pragma once
#include <sys/sem.h>

#include <cerrno>

inline bool change(int set, unsigned short i, short n) {
    sembuf s = {i, n, 0};
    int r;
    do r = semop(set, &s, 1);
    while (r < 0 && errno == EINTR);
    return r == 0;
}
inline bool plus(int set, unsigned short i) { return change(set, i, 1); }
inline bool minus(int set, unsigned short i) { return change(set, i, -1); }
