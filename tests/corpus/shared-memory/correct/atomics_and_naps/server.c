#include "shared.h"

#include <stdio.h>
#include <stdlib.h>

int main(void) {
    // No IPC_EXCL on purpose. If an old segment is there it is full of zeros, like a new one.
    const int id = shmget(5678, sizeof(struct shared), IPC_CREAT | 0600);
    if (id < 0) {
        perror("server: shmget (old segment? see ipcs -m)");
        return EXIT_FAILURE;
    }

    struct shared *const s = shmat(id, NULL, 0);
    if (s == (void *)-1) {
        perror("server: shmat");
        if (shmctl(id, IPC_RMID, NULL) < 0) perror("server: shmctl");
        return EXIT_FAILURE;
    }

    for (int i = 0; i < 26; ++i) s->letters[i] = (char)('a' + i);
    s->letters[26] = '\0';

    go_to(s, WRITTEN);
    wait_until(s, READ);

    if (shmctl(id, IPC_RMID, NULL) < 0) {
        perror("server: shmctl");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
