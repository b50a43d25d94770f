#ifndef COMMON_H
#define COMMON_H

#include <semaphore.h>
#include <stdbool.h>

#define SEGMENT_KEY   5678
#define SEGMENT_SIZE  27
#define SEM_WRITTEN   "/abc_written"
#define SEM_READ      "/abc_read"

/* sem_wait that is not disturbed by signals; false if it really failed */
bool wait_for(sem_t *sem);

#endif
