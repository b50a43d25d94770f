/*
 * Betriebssysteme, Praktikum 4
 * Server: legt das Alphabet in den gemeinsamen Speicher
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

int shmid = -1, semid = -1;

/* raeumt alles weg, was wir angelegt haben */
int aufraeumen()
{
	int fehler = 0;

	if (shmid != -1 && shmctl(shmid, IPC_RMID, 0) == -1) {
		perror("shmctl IPC_RMID");
		fehler = 1;
	}
	if (semid != -1 && semctl(semid, 0, IPC_RMID) == -1) {
		perror("semctl IPC_RMID");
		fehler = 1;
	}
	return fehler;
}

void abbruch(text)
char *text;
{
	perror(text);
	aufraeumen();
	exit(1);
}

/* Semaphor um eins erniedrigen; Signale (EINTR) stoeren nicht */
void erniedrige()
{
	struct sembuf op;

	op.sem_num = 0;
	op.sem_op = -1;
	op.sem_flg = 0;
	while (semop(semid, &op, 1) == -1)
		if (errno != EINTR)
			abbruch("semop");
}

main()
{
	char *shm, *s, c;

	/* Der Semaphor muss VOR dem Segment da sein, und zwar schon mit
	 * dem Wert 1: sonst findet ein schneller Klient ihn nicht, oder
	 * er findet eine 0 und haelt das Alphabet fuer fertig. */
	if ((semid = semget(SCHLUESSEL, 1, IPC_CREAT | IPC_EXCL | 0666)) == -1)
		abbruch("semget");
	if (semctl(semid, 0, SETVAL, 1) == -1)
		abbruch("semctl SETVAL");

	if ((shmid = shmget(SCHLUESSEL, GROESSE, IPC_CREAT | IPC_EXCL | 0666)) == -1) {
		if (errno == EEXIST)
			fprintf(stderr, "Altes Segment gefunden, bitte mit ipcrm -M 5678 loeschen\n");
		abbruch("shmget");
	}
	if ((shm = shmat(shmid, NULL, 0)) == (char *) -1)
		abbruch("shmat");

	s = shm;
	for (c = 'a'; c <= 'z'; c++)
		*s++ = c;
	*s = 0;

	erniedrige();	/* 1 -> 0: das Alphabet steht da */
	erniedrige();	/* wartet, bis der Klient wieder erhoeht */

	exit(aufraeumen());
}
