#include "shared.h"

#include <stdio.h>
#include <stdlib.h>

int main(void) {
    const int id = shmget(5678, sizeof(struct shared), 0);
    if (id < 0) return perror("client: shmget"), EXIT_FAILURE;

    struct shared *const s = shmat(id, NULL, 0);
    if (s == (void *)-1) return perror("client: shmat"), EXIT_FAILURE;

    wait_until(s, WRITTEN);
    if (puts(s->letters) == EOF || fflush(stdout) == EOF) return perror("client: stdout"), EXIT_FAILURE;
    go_to(s, READ);
    return EXIT_SUCCESS;
}
