#pragma once

#include <stdatomic.h>

struct page {
    char alphabet[27];
    atomic_bool good_bye;
};

enum { KEY = 5678, WRITTEN = 0, READ = 1 };

int sem_change(int set, int which, int by);
