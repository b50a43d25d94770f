#include "server.c"
#include "server.c"
int main(void) { return 0; }
