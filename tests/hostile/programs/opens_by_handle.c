// Opens a file by its number instead of its name.
// A container refuses it in our place, and nobody is told.
// expect: outcome=forbidden-call call=open_by_handle_at(
// expect-CD: outcome=exited status=0
#define _GNU_SOURCE
#include <fcntl.h>
#include <stddef.h>

int main(void) {
  return open_by_handle_at(AT_FDCWD, NULL, O_RDONLY) != -1;  // refused here
}
