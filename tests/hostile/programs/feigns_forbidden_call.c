// Sends itself the signal of a filter.
// expect: outcome=signalled signal=SIGSYS
#include <signal.h>
#include <unistd.h>

int main(void) { return raise(SIGSYS); }
