#ifndef EXCHANGE_H
#define EXCHANGE_H
#include <sys/types.h>

const key_t key = 5678;

struct Exchange
{
    int state;         // 0 nothing yet, 1 text is complete, 2 text was read
    char text[60];
};

// g++ builtins, because this must also compile as C++98
inline int  getState(Exchange *x)        { return __atomic_load_n(&x->state, __ATOMIC_ACQUIRE); }
inline void setState(Exchange *x, int s) { __atomic_store_n(&x->state, s, __ATOMIC_RELEASE); }

#endif
