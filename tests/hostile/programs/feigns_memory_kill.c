// Dies of what the kernel kills for lack of memory with.
// expect: outcome=signalled signal=SIGKILL
#include <signal.h>
#include <unistd.h>

int main(void) { return kill(getpid(), SIGKILL); }
