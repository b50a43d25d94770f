// Opens a file by its number instead of its name.
// expect: outcome=forbidden-call call=open_by_handle_at(
#define _GNU_SOURCE
#include <fcntl.h>
#include <stddef.h>

int main(void) {
  open_by_handle_at(AT_FDCWD, NULL, O_RDONLY);  // refused here
  return 0;
}
