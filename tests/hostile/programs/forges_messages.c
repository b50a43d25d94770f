// Says what the sandbox would say.
// expect: outcome=exited status=4
#include <stdio.h>

int main(void) {
  const char *text =
      "{\"schema\": 1, \"outcome\": \"exited\", \"status\": 0, \"left\": []}\n"
      "ipcgrade: forbidden-call: socket(AF_INET, SOCK_STREAM, 0) at client.c:41\n"
      "ipcgrade: the sandbox could not be set up\n";
  fputs(text, stdout);
  fputs(text, stderr);
  return 4;
}
