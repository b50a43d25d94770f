#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>
#include <cstdio>
#include "exchange.h"

int main()
{
    int id = shmget(key, sizeof(Exchange), 0);
    if (id == -1)
    {
        std::perror("client: shmget");
        return 2;
    }
    Exchange *x = static_cast<Exchange *>(shmat(id, NULL, 0));
    if (x == reinterpret_cast<Exchange *>(-1))
    {
        std::perror("client: shmat");
        return 2;
    }

    while (getState(x) != 1)
        usleep(3000);

    bool printed = std::puts(x->text) >= 0 && std::fflush(stdout) == 0;
    if (!printed)
        std::perror("client: stdout");
    setState(x, 2);
    return printed ? 0 : 2;
}
