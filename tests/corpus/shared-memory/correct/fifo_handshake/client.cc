#include <signal.h>
#include <string.h>
#include <iostream>
#include <string>
#include "channel.h"

int main()
{
    signal(SIGPIPE, SIG_IGN);

    int id = shmget(SHM_KEY, SHM_LENGTH, 0);
    if (id < 0)
    {
        perror("shmget");
        return 1;
    }
    void* memory = shmat(id, NULL, SHM_RDONLY);
    if (memory == reinterpret_cast<void*>(-1))
    {
        perror("shmat");
        return 1;
    }

    Channel filled(FILLED, O_RDONLY);
    if (!filled.wait())
        return 1;
    std::string alphabet(static_cast<const char*>(memory), 26);
    Channel emptied(EMPTIED, O_WRONLY);
    if (!emptied.signal())
        return 1;

    std::cout << alphabet << std::endl;
    if (!std::cout)
    {
        std::cerr << "cannot write to stdout" << std::endl;
        return 1;
    }
    return 0;
}
