#define KEY 5678
#define SIZE 27

#define WRITTEN 0
#define READ 1

static inline int sem_add(int set, int number, int value)
{
	struct sembuf b = { .sem_num = number, .sem_op = value };

	while (semop(set, &b, 1) < 0) {
		if (errno != EINTR) {
			perror("semop");
			return 0;
		}
	}
	return 1;
}
