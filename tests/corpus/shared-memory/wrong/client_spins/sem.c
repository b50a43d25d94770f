#include "page.h"

#include <errno.h>
#include <sys/sem.h>

int sem_change(int set, int which, int by)
{
    struct sembuf b = {which, by, 0};
    int r;

    while ((r = semop(set, &b, 1)) == -1 && errno == EINTR) {
        /* again */
    }
    return r;
}
