// So they do with the bit of x32.
// expect: outcome=forbidden-call call~architecture
#include <unistd.h>

int main(void) { return (int)syscall(0x40000000 + 39); }
