// Dies of what the kernel kills for lack of memory with.
// In tier D it may send no signal: others have its user id, too.
// expect: outcome=signalled signal=SIGKILL
// expect-D: outcome=exited status=255
#include <signal.h>
#include <unistd.h>

int main(void) { return kill(getpid(), SIGKILL); }
