#ifndef GAME_H
#define GAME_H

#include <signal.h>
#include <sys/types.h>

/* take one of the signals in the string: i SIGINT, 1 SIGUSR1, 2 SIGUSR2, t SIGTERM, c SIGCHLD.
 * Returns the letter, or 0 after a failure. */
char take(const char *which);
void to_set(sigset_t *set, const char *which);

int child(pid_t parent);
int parent(pid_t child, long rounds);

#endif
