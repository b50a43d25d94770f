#include "flags.h"

int main(void)
{
	/* first the check, then the flags, then the segment */
	if (shmget(5678, 1, 0) != -1) {
		fprintf(stderr, "key 5678 is in use\n");
		return 1;
	}

	int fd = shm_open(FLAGS, O_CREAT | O_TRUNC | O_RDWR, 0600);
	if (fd == -1)
		die("shm_open");
	if (ftruncate(fd, sizeof(struct flags)) == -1)
		die("ftruncate");
	struct flags *f = map_flags(fd);
	if (!f)
		die("mmap");

	int id = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
	if (id == -1)
		die("shmget");
	char *text = shmat(id, NULL, 0);
	if (text == (char *)-1) {
		perror("shmat");
		shmctl(id, IPC_RMID, NULL);
		return 1;
	}

	for (int i = 0; i < 26; i++)
		text[i] = 'a' + i;
	atomic_store(&f->written, 1);
	wait_true(&f->read);

	shmdt(text);
	munmap(f, sizeof(struct flags));
	if (shmctl(id, IPC_RMID, NULL) == -1)
		die("shmctl");
	return 0;
}
