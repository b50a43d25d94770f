#include "page.h"

int
main(void)
{
	struct page *p;
	ssize_t n;
	int id, at;

	if ((id = shmget(KEY, 0, 0)) == -1) {
		perror("shmget");
		return 1;
	}
	if ((p = shmat(id, NULL, 0)) == (void *)-1) {
		perror("shmat");
		return 1;
	}
	await(p, FULL);
	for (at = 0; at < LINE; at += n)
		if ((n = write(STDOUT_FILENO, "abcdefghijklmnopqrstuvwxyz\n" + at, LINE - at)) == -1) {
			if (errno != EINTR) {
				perror("stdout");
				return 1;
			}
			n = 0;
		}
	SET(p, DONE);
	return 0;
}
