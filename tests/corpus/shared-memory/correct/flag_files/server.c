#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include "flags.h"

int new_segment(void) {
	// first get rid of anything that has the key already
	int id = shmget(5678, 0, 0);
	if (id >= 0) {
		fprintf(stderr, "server: removing an old segment\n");
		if (shmctl(id, IPC_RMID, NULL) < 0) return -1;
	} else if (errno != ENOENT) {
		return -1;
	}
	return shmget(5678, 4096, IPC_CREAT | IPC_EXCL | 0600);
}

int main(void) {
	unlink(FULL_FLAG);
	unlink(SEEN_FLAG);

	int id = new_segment();
	if (id < 0) {
		perror("server: shmget");
		return 1;
	}
	char *page = shmat(id, NULL, 0);
	if (page == (char *)-1) {
		perror("server: shmat");
		shmctl(id, IPC_RMID, NULL);
		return 1;
	}

	// not at the beginning, just because we may
	for (char c = 'a'; c <= 'z'; c++) page[1000 + c] = c;

	int ok = raise_flag(FULL_FLAG) && take_flag(SEEN_FLAG, -1);

	if (shmctl(id, IPC_RMID, NULL) < 0) {
		perror("server: shmctl");
		ok = 0;
	}
	return ok ? 0 : 1;
}
