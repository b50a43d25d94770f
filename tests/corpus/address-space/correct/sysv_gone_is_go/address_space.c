/* OS lab 5.  Virtual memory.  */
#define _GNU_SOURCE
#include <stdio.h>
#include <errno.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define READY 0
#define GO    1

int number = 1;
int sems = -1;

change(which, by)
{
	struct sembuf op;

	op.sem_num = which;
	op.sem_op = by;
	op.sem_flg = 0;
	while (semop(sems, &op, 1) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

child(page)
int *page;
{
	number = 2;
	*page = 2;
	printf("child %p %d %d\n", (void *) &number, number, *page);
	if (fflush(stdout) != 0) {
		perror("child: stdout");
		return 1;
	}
	if (change(READY, 1) < 0) {
		perror("child: ready");
		return 1;
	}
	/* The parent never counts GO up. It removes the whole set, and then we go:
	   while we wait (EIDRM) or before we got so far (EINVAL). */
	if (change(GO, -1) < 0 && errno != EIDRM && errno != EINVAL) {
		perror("child: go");
		return 1;
	}
	return 0;
}

/* the frame or 0 */
unsigned long
frame(p)
char *p;
{
	FILE *f;
	unsigned long entry;

	if ((f = fopen("/proc/self/pagemap", "r")) == NULL)
		return 0;
	if (fseek(f, (unsigned long) p / getpagesize() * 8, SEEK_SET) < 0
	    || fread(&entry, 8, 1, f) != 1)
		entry = 0;
	fclose(f);
	return entry & 0x7fffffffffffffUL;
}

main()
{
	int *page, pid, status, it, ok = 1;
	unsigned long f;
	struct iovec here, there;

	page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_SHARED, -1, 0);
	if (page == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	*page = 1;
	if ((sems = semget(IPC_PRIVATE, 2, 0600)) < 0) {	/* all 0 on Linux */
		perror("semget");
		return 1;
	}
	switch (pid = fork()) {
	case -1:
		perror("fork");
		semctl(sems, 0, IPC_RMID);
		return 1;
	case 0:
		if (child(page) == 0)
			_exit(0);
		/* READY may never come then. Without the set the parent can't
		   wait for it. */
		semctl(sems, 0, IPC_RMID);
		_exit(1);
	}

	if (change(READY, -1) < 0) {
		perror("ready");
		ok = 0;
	} else {
		here.iov_base = &it;
		there.iov_base = &number;
		here.iov_len = there.iov_len = sizeof(int);
		if (process_vm_readv(pid, &here, 1L, &there, 1L, 0L) == sizeof(int))
			printf("peer %d\n", it);
		else
			printf("peer denied\n");
		if (fflush(stdout) != 0) {
			perror("stdout");
			ok = 0;
		}
	}
	if (semctl(sems, 0, IPC_RMID) < 0) {
		perror("semctl");
		kill(pid, 9);
		ok = 0;
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		ok = 0;
	if (!ok)
		return 1;

	printf("parent %p %d %d\n", (void *) &number, number, *page);
	if ((f = frame(&number)) != 0)
		printf("frame 0x%lx\n", f);
	else
		printf("frame hidden\n");
	if (fflush(stdout) != 0) {
		perror("stdout");
		return 1;
	}
	return 0;
}
