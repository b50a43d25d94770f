#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

static int secret = 1;
static int lockfile;

/* Record locks belong to a process; a child inherits none. So what the parent
   locks before the fork is locked for the child from its first moment on. */
static int lock(short type)
{
	struct flock f;

	f.l_type = type;
	f.l_whence = SEEK_SET;
	f.l_start = 0;
	f.l_len = 1;
	while (fcntl(lockfile, F_SETLKW, &f) == -1)
		if (errno != EINTR)
			return -1;
	return 0;
}

static void fatal(const char *s)
{
	perror(s);
	exit(1);
}

static void tell(const char *who, int *page)
{
	if (printf("%s %p %d %d\n", who, (void *) &secret, secret, *page) < 0 || fflush(stdout) == EOF)
		fatal(who);
}

int main(void)
{
	char name[] = "/tmp/goXXXXXX", c;
	int *page, told[2], v, status, ok;
	struct iovec l, r;
	unsigned long entry;
	pid_t kid;
	FILE *f;

	page = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		fatal("mmap");
	*page = 1;
	if ((lockfile = mkstemp(name)) == -1)
		fatal("mkstemp");
	unlink(name);
	if (lock(F_WRLCK) == -1)
		fatal("lock");
	if (pipe(told) == -1)
		fatal("pipe");

	if ((kid = fork()) == -1)
		fatal("fork");
	if (kid == 0) {
		close(told[0]);
		secret = 2;
		*page = 2;
		tell("child", page);
		if (write(told[1], "1", 1) == -1)
			fatal("child: pipe");
		if (lock(F_RDLCK) == -1)	/* until the parent opens it */
			fatal("child: lock");
		return 0;
	}
	close(told[1]);

	ok = 0;
	switch (read(told[0], &c, 1)) {
	case -1:
		perror("read");
		break;
	case 0:
		fprintf(stderr, "no word from the child\n");
		break;
	default:
		l.iov_base = &v;
		r.iov_base = &secret;
		l.iov_len = r.iov_len = sizeof v;
		if (process_vm_readv(kid, &l, 1, &r, 1, 0) == -1)
			printf("peer denied\n");
		else
			printf("peer %d\n", v);
		if (!(ok = fflush(stdout) == 0))
			perror("stdout");
	}
	if (lock(F_UNLCK) == -1) {
		perror("unlock");
		close(lockfile);	/* that gives it up as well */
		ok = 0;
	}
	if (waitpid(kid, &status, 0) == -1)
		fatal("waitpid");
	if (!ok || status != 0)
		exit(1);

	tell("parent", page);
	entry = 0;
	if ((f = fopen("/proc/self/pagemap", "r")) != NULL) {
		if (fseek(f, (long) &secret / getpagesize() * 8L, SEEK_SET) == -1 ||
		    fread(&entry, sizeof entry, 1, f) != 1)
			entry = 0;
		fclose(f);
	}
	entry &= (1UL << 55) - 1;
	if (entry == 0)
		puts("frame hidden");
	else
		printf("frame 0x%lx\n", entry);
	if (fflush(stdout) == EOF)
		fatal("stdout");
	return 0;
}
