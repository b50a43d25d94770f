#ifndef MQ_H
#define MQ_H
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#define KEY   ((key_t)5679)
#define CHUNK 4096
#define T_DATA 1
#define T_END  2
struct packet { long type; char data[CHUNK]; };
#endif
