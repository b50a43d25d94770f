#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/ipc.h>
#include <sys/shm.h>

/* table[i] is the i-th letter if one writes the alphabet again and again. We need only the first
 * 26 of course, but who knows how long the alphabet will be next year. */
#define TABLE (1u << 30)

static uint8_t *make_table(void)
{
	uint8_t *table = malloc(TABLE);

	if (table)
		for (uint32_t i = 0; i < TABLE; i++)
			table[i] = 'a' + i % 26;
	return table;
}

static int serve(sem_t *filled, sem_t *emptied, const uint8_t *table)
{
	int id = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
	int ok = 0;

	if (id < 0) {
		perror("shmget");
		return 0;
	}
	char *to = shmat(id, NULL, 0);
	if (to != (char *)-1) {
		memcpy(to, table, 26);
		to[26] = '\0';
		sem_post(filled);
		while ((ok = sem_wait(emptied) == 0) == 0 && errno == EINTR)
			continue;
	}
	return shmctl(id, IPC_RMID, NULL) == 0 && ok;
}

int main(void)
{
	if (shmget(5678, 0, 0) != -1) {
		fprintf(stderr, "old segment\n");
		return 1;
	}

	uint8_t *table = make_table();
	if (!table) {
		perror("table");
		return 1;
	}

	sem_t *filled = sem_open("/filled", O_CREAT, 0600, 0);
	sem_t *emptied = sem_open("/emptied", O_CREAT, 0600, 0);
	int ok = filled != SEM_FAILED && emptied != SEM_FAILED && serve(filled, emptied, table);
	sem_unlink("/filled");
	sem_unlink("/emptied");
	return !ok;
}
