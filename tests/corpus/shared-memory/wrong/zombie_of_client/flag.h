#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/types.h>
#include <unistd.h>

struct mem {
    atomic_uint flag;    // 0 = nothing, 1 = alphabet is complete, 2 = alphabet was read
    char abc[27];
};

static inline void set(atomic_uint *flag, unsigned value)
{
    atomic_store(flag, value);
}

static inline void wait_for(atomic_uint *flag, unsigned value)
{
    while (atomic_load(flag) != value)
        usleep(1000);
}
