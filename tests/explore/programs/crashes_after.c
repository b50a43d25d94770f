// Crashes where somebody has made the file already.
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  int* nothing = argv[2] == NULL ? NULL : &argc;
  if (access(argv[1], F_OK) == 0) *(volatile int*)nothing = 1;
  return 0;
}
