/* sends stdin; the number of messages is of interest to the caller */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define PERMS 0600

struct my_msgbuf {
   long mtype;
   char mtext[4096];
};

static int msqid;

int send_all(void)
{
   struct my_msgbuf buf;
   size_t len;
   int count = 0;

   buf.mtype = 1;
   while ((len = fread(buf.mtext, 1, sizeof(buf.mtext), stdin)) > 0) {
      if (msgsnd(msqid, &buf, len, 0) == -1) {
         perror("msgsnd");
         return -1;
      }
      count++;
   }
   if (ferror(stdin)) {
      perror("fread");
      return -1;
   }
   buf.mtype = 2;
   if (msgsnd(msqid, &buf, 0, 0) == -1) {
      perror("msgsnd");
      return -1;
   }
   return count + 1;
}

int main(void)
{
   int status;

   if ((msqid = msgget(5679, PERMS | IPC_CREAT)) == -1) {
      perror("msgget");
      exit(1);
   }
   status = send_all();
   if (status < 0)
      msgctl(msqid, IPC_RMID, NULL);
   return status;
}
