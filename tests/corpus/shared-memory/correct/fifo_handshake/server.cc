#include <signal.h>
#include "channel.h"

namespace
{
bool makeFifo(const char* name)
{
    // One from an earlier run is as good as a new one.
    if (mkfifo(name, 0600) == 0 || errno == EEXIST)
        return true;
    perror(name);
    return false;
}

bool serve(char* memory)
{
    for (int i = 0; i < 26; ++i)
        memory[i] = static_cast<char>('a' + i);
    memory[26] = '\0';

    {
        Channel filled(FILLED, O_WRONLY);
        if (!filled.signal())
            return false;
    }
    Channel emptied(EMPTIED, O_RDONLY);
    return emptied.wait();
}

bool serveInNewSegment()
{
    int id = shmget(SHM_KEY, SHM_LENGTH, IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0)
    {
        perror("shmget");
        return false;
    }

    bool good = false;
    void* memory = shmat(id, NULL, 0);
    if (memory == reinterpret_cast<void*>(-1))
        perror("shmat");
    else
        good = serve(static_cast<char*>(memory));

    if (shmctl(id, IPC_RMID, NULL) < 0)
    {
        perror("shmctl");
        good = false;
    }
    return good;
}
}

int main()
{
    signal(SIGPIPE, SIG_IGN);

    bool good = makeFifo(FILLED) && makeFifo(EMPTIED) && serveInNewSegment();

    unlink(FILLED);
    unlink(EMPTIED);
    return good ? 0 : 1;
}
