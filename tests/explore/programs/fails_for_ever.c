// Nobody made the queue, and nobody looks at what msgget and msgrcv say.
#include <stdio.h>
#include <string.h>
#include <sys/msg.h>

struct message {
  long type;
  char text[16];
};

int main(void) {
  struct message message = {0};
  int queue = msgget(5679, 0666);
  do {
    msgrcv(queue, &message, sizeof message.text, 0, 0);
    printf("%s", message.text);
  } while (strcmp(message.text, "quit") != 0);
  return 0;
}
