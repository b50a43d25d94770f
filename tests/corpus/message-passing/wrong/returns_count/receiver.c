#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define PERMS 0600

struct my_msgbuf {
   long mtype;
   char mtext[4096];
};

int main(void)
{
   struct my_msgbuf buf;
   ssize_t len;
   int msqid;
   int status = 0;

   if ((msqid = msgget(5679, PERMS | IPC_CREAT)) == -1) {
      perror("msgget");
      exit(1);
   }
   for (;;) {
      if ((len = msgrcv(msqid, &buf, sizeof(buf.mtext), 0, 0)) == -1) {
         perror("msgrcv");
         status = 1;
         break;
      }
      if (buf.mtype == 2)
         break;
      if (fwrite(buf.mtext, 1, len, stdout) != (size_t)len) {
         perror("fwrite");
         status = 1;
         break;
      }
   }
   if (status == 0 && fflush(stdout) != 0) {
      perror("fflush");
      status = 1;
   }
   if (msgctl(msqid, IPC_RMID, NULL) == -1) {
      perror("msgctl");
      status = 1;
   }
   exit(status);
}
