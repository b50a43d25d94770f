// Its own executable is the same in the next scenario, whatever it does. Only its mode is its owner's
// affair, who in tier D is the user himself.
// expect: outcome=exited status=0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "must.h"

int main(int count, char **arguments) {
  (void)count;
  char own[256] = "";
  must_hold(readlink("/proc/self/exe", own, sizeof own - 1) > 0, "/proc/self/exe");
  must_fail(open("/proc/self/exe", O_WRONLY), "open /proc/self/exe");
  must_fail(open(own, O_WRONLY), own);
  must_fail(truncate(own, 0), "truncate");
  must_fail(unlink(own), "unlink");
  if (TIER != 'D') must_fail(chmod(own, 0777), "chmod");
  must_fail(rename("/usr/bin/true", own), "rename onto it");
  (void)arguments;
  return escaped;
}
