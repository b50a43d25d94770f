/*
 * Betriebssysteme, Praktikum 4
 * Klient: liest das Alphabet und gibt es aus
 */
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>

#define SCHLUESSEL	5678
#define GROESSE		27

int semid;

void semaphor(n)
int n;
{
	struct sembuf op;

	op.sem_num = 0;
	op.sem_op = n;
	op.sem_flg = 0;
	while (semop(semid, &op, 1) == -1)
		if (errno != EINTR) {
			perror("semop");
			exit(1);
		}
}

main()
{
	int shmid;
	char *shm, *s;

	if ((shmid = shmget(SCHLUESSEL, GROESSE, 0666)) == -1) {
		perror("shmget");
		exit(1);
	}
	if ((semid = semget(SCHLUESSEL, 1, 0666)) == -1) {
		perror("semget");
		exit(1);
	}
	if ((shm = shmat(shmid, NULL, 0)) == (char *) -1) {
		perror("shmat");
		exit(1);
	}

	semaphor(0);		/* warten auf Null */
	for (s = shm; *s != 0; s++)
		putchar(*s);
	putchar('\n');
	if (fflush(stdout) == EOF) {
		perror("stdout");
		exit(1);
	}
	semaphor(1);		/* gelesen */
	exit(0);
}
