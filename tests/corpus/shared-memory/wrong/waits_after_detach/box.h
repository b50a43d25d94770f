#include <semaphore.h>
#include <stdatomic.h>
#define KEY 5678
#define MAGIC 0x414243u
struct box { atomic_uint magic; sem_t full, done; char abc[27]; };
