#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include "exchange.h"

// 0 if the key is free now
static int freeTheKey()
{
    int old = shmget(key, 0, 0);
    if (old == -1)
        return errno == ENOENT ? 0 : -1;

    struct shmid_ds info;
    if (shmctl(old, IPC_STAT, &info) == -1)
        return -1;
    if (info.shm_nattch != 0)
    {
        errno = EBUSY;
        return -1;
    }
    std::fprintf(stderr, "server: nobody uses the old segment, I remove it\n");
    return shmctl(old, IPC_RMID, NULL);
}

int main()
{
    if (freeTheKey() == -1)
    {
        std::perror("server: old segment");
        return 2;
    }

    int id = shmget(key, sizeof(Exchange), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1)
    {
        std::perror("server: shmget");
        return 2;
    }

    Exchange *x = static_cast<Exchange *>(shmat(id, NULL, 0));
    if (x == reinterpret_cast<Exchange *>(-1))
    {
        std::perror("server: shmat");
        shmctl(id, IPC_RMID, NULL);
        return 2;
    }

    char *end = x->text;
    for (char c = 'a'; c <= 'z'; ++c)
        *end++ = c;
    *end = '\0';
    setState(x, 1);

    // Once the client is attached nobody else needs the segment's name any more: mark it for
    // removal now, and the kernel deletes it even if one of us is killed.
    // A quick client may have been and gone before we look, therefore the second condition.
    for (;;)
    {
        struct shmid_ds info;
        if (shmctl(id, IPC_STAT, &info) == -1)
        {
            std::perror("server: shmctl");
            shmctl(id, IPC_RMID, NULL);
            return 2;
        }
        if (info.shm_nattch >= 2 || getState(x) == 2)
            break;
        usleep(3000);
    }
    if (shmctl(id, IPC_RMID, NULL) == -1)
    {
        std::perror("server: shmctl");
        return 2;
    }

    while (getState(x) != 2)
        usleep(3000);
    return 0;
}
