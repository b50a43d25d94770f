#include "page.h"

int
main(void)
{
	struct page *p;
	int id, i, bad = 0;

	if ((id = shmget(KEY, sizeof *p, IPC_CREAT | IPC_EXCL | 0600)) == -1) {
		perror("shmget");
		return 1;
	}
	if ((p = shmat(id, NULL, 0)) == (void *)-1) {
		perror("shmat");
		shmctl(id, IPC_RMID, NULL);
		return 1;
	}
	for (i = 0; i < 26; i++)
		p->line[i] = 'a' + i;
	p->line[26] = '\n';
	SET(p, FULL);
	await(p, DONE);
	if (shmctl(id, IPC_RMID, NULL) == -1) {
		perror("shmctl");
		bad = 1;
	}
	return bad;
}
