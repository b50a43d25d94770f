// Has none and gets none. What no_new_privs keeps it from getting is still in the bounding set of who
// has no privilege to leave it: in tier D.
// expect: outcome=exited status=0
#define _GNU_SOURCE
#include <grp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "must.h"

int main(void) {
  must_hold(geteuid() != 0, "not root");
  must_fail(setuid(0), "setuid");
  must_fail(setresuid(0, 0, 0), "setresuid");
  must_fail(setgid(0), "setgid");
  must_fail(setgroups(0, NULL), "setgroups");
  must_hold(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, "no_new_privs");
  FILE *status = fopen("/proc/self/status", "r");
  char line[256];
  int fields = 0;
  while (fgets(line, sizeof line, status) != NULL) {
    for (const char *const *set = (const char *const[]){"CapInh:", "CapPrm:", "CapEff:", "CapBnd:",
                                                        "CapAmb:", NULL};
         *set != NULL; ++set) {
      if (strncmp(line, *set, 7) != 0) continue;
      const int stays = TIER == 'D' && strcmp(*set, "CapBnd:") == 0;
      must_hold(stays || strtoull(line + 7, NULL, 16) == 0, *set);
      ++fields;
    }
  }
  must_hold(fields == 5, "five sets of capabilities");
  return escaped;
}
