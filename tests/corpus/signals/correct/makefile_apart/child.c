#include "game.h"

#include <stdio.h>
#include <stdlib.h>

int child(pid_t parent)
{
    char c;

    while ((c = take("1t")) == '1')
        if (kill(parent, SIGUSR2) < 0) {
            perror("child: kill");
            return EXIT_FAILURE;
        }
    return c == 't' ? EXIT_SUCCESS : EXIT_FAILURE;
}
