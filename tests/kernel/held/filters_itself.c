#include <sys/prctl.h>

#include "held.h"

int main(void) { return prctl(PR_SET_SECCOMP, 2, NULL, 0, 0) == 0; }
