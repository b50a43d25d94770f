#include "common.h"

#include <errno.h>
#include <stdio.h>

bool wait_for(sem_t *sem)
{
    int result;
    do {
        result = sem_wait(sem);
    } while (result == -1 && errno == EINTR);
    if (result == -1)
        perror("sem_wait");
    return result == 0;
}
