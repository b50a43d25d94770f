#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#define MAX 1024

// structure for message queue
struct mesg_buffer {
	long mesg_type;
	char mesg_text[MAX];
} message;

int main()
{
	int msgid;
	ssize_t len;

	msgid = msgget(5679, 0666 | IPC_CREAT);
	if (msgid == -1) {
		perror("msgget");
		return 1;
	}

	// msgrcv to receive message
	while ((len = msgrcv(msgid, &message, MAX, 0, 0)) != -1) {
		if (message.mesg_type == 2) {
			if (fflush(stdout) != 0)
				break;
			// the queue stays for the next run
			return 0;
		}
		if (fwrite(message.mesg_text, 1, len, stdout) != (size_t)len)
			break;
	}
	perror("receiver");
	msgctl(msgid, IPC_RMID, NULL);
	return 1;
}
