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
	size_t len;

	// msgget creates a message queue and returns identifier
	msgid = msgget(5679, 0666 | IPC_CREAT);
	if (msgid == -1) {
		perror("msgget");
		return 1;
	}

	message.mesg_type = 1;
	while ((len = fread(message.mesg_text, 1, MAX, stdin)) > 0) {
		// msgsnd to send message
		if (msgsnd(msgid, &message, len, 0) == -1) {
			perror("msgsnd");
			msgctl(msgid, IPC_RMID, NULL);
			return 1;
		}
	}
	if (ferror(stdin)) {
		perror("fread");
		msgctl(msgid, IPC_RMID, NULL);
		return 1;
	}

	message.mesg_type = 2;
	if (msgsnd(msgid, &message, 0, 0) == -1) {
		perror("msgsnd");
		msgctl(msgid, IPC_RMID, NULL);
		return 1;
	}
	return 0;
}
