#pragma once
#define _GNU_SOURCE
#include <sys/shm.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <time.h>
enum { KEY = 5678 };
typedef struct {
	atomic_bool initialised;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum { EMPTY, FULL, READ } state;
	char letters[27];
} segment;
static inline int xlock(segment *s)
{
	int r = pthread_mutex_lock(&s->lock);
	if (r == EOWNERDEAD) { pthread_mutex_consistent(&s->lock); r = 0; }
	return r;
}
