#include <sys/shm.h>

#include <cstdio>
#include <cstring>

#include "sem.h"

int main() {
    int shm = shmget(5678, 27, 0);
    int sem = shm < 0 ? -1 : semget(5678, 2, 0);
    if (sem < 0) {
        std::perror("client");
        return 1;
    }
    auto text = static_cast<char*>(shmat(shm, nullptr, SHM_RDONLY));
    if (text == reinterpret_cast<char*>(-1)) {
        std::perror("client: shmat");
        return 1;
    }

    char line[28];
    if (!minus(sem, 0)) return 1;
    std::snprintf(line, sizeof line, "%s\n", text);
    if (!plus(sem, 1)) return 1;
    return std::fputs(line, stdout) < 0 || std::fflush(stdout) != 0;
}
