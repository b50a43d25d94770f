#include <sys/ptrace.h>

#include "held.h"

int main(void) { return ptrace(PTRACE_TRACEME, 0, 0, 0) == 0; }
