#ifndef TYPES_H
#define TYPES_H

#define SHM_KEY 5678

struct Page
{
    int  filled;
    int  wasRead;
    char letters[32];
};

#endif
