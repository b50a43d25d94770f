#ifndef FLAG_H
#define FLAG_H
#include <stdatomic.h>
typedef atomic_int flag;
static inline void flag_set(flag *f, int v) { atomic_store(f, v); }
static inline int flag_get(flag *f) { return atomic_fetch_add(f, 0); }    /* a read-modify-write as a look */
struct seg { char abc[28]; flag ready, done; };
#endif
