// A file with a hole of a terabyte.
// expect: outcome=file-limit
#include <fcntl.h>
#include <unistd.h>

int main(void) { return ftruncate(open("escape", O_CREAT | O_RDWR, 0600), 1L << 40); }
