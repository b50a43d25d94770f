#include "io.h"

#include <stdio.h>

int child(int in, int out)
{
    static char table[256];
    char block[BLOCK];
    ssize_t n;
    int c;

    for (c = 0; c < 256; c++)
        table[c] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);

    while ((n = get_block(in, block)) > 0) {
        ssize_t i;
        for (i = 0; i < n; i++)
            block[i] = table[(unsigned char)block[i]];
        if (put_block(out, block, (size_t)n) < 0) {
            perror("child, sending");
            return 1;
        }
    }
    if (n < 0) {
        perror("child, receiving");
        return 1;
    }
    return 0;
}
