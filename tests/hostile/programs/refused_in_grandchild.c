// The call of a descendant whose ancestors have gone.
// expect: outcome=forbidden-call call=ptrace(
#include <stddef.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(void) {
  if (fork() != 0) {
    for (;;) pause();
  }
  if (fork() != 0) _exit(0);
  ptrace(PTRACE_TRACEME, 0, NULL, NULL);  // refused here
  return 0;
}
