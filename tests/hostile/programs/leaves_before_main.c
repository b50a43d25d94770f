// Has exited before main is called.
// expect: outcome=exited status=0
#include <unistd.h>

__attribute__((constructor)) static void leave(void) { _exit(0); }

int main(void) { return 1; }
