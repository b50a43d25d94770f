#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define QUEUE_NAME "/ipc-lab"
#define MAX_SIZE   1024
#define MSG_STOP   "exit\n"
