#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* The child is let go by the end of a pipe: the parent closes it. */
int main(void)
{
	int x = 1;                              /* a local one */
	int ready[2], go[2];
	volatile int *sh = mmap(0, 4096, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED) { perror("mmap"); exit(1); }
	sh[100] = 1;
	if (pipe(ready)) { perror("pipe"); exit(1); }
	if (pipe(go)) { perror("pipe"); exit(1); }
	pid_t c = fork();
	if (c == -1) { perror("fork"); exit(1); }
	if (c == 0) {
		char b;
		ssize_t r;
		close(ready[0]);
		close(go[1]);
		*(volatile int *)&x = 2;
		sh[100] = 2;
		if (dprintf(1, "child %p %d %d\n", (void *)&x, *(volatile int *)&x, sh[100]) < 0) { perror("child"); _exit(1); }
		if (write(ready[1], "", 1) != 1) { perror("child"); _exit(1); }
		while ((r = read(go[0], &b, 1)) < 0 && errno == EINTR);
		if (r < 0) { perror("child"); _exit(1); }
		_exit(0);
	}
	close(ready[1]);
	close(go[0]);
	char b;
	int bad = 0, v, st;
	ssize_t r;
	while ((r = read(ready[0], &b, 1)) < 0 && errno == EINTR);
	if (r < 0) { perror("read"); bad = 1; }
	if (r == 0) { fprintf(stderr, "child gone\n"); bad = 1; }
	struct iovec a = { &v, sizeof v }, d = { &x, sizeof x };
	ssize_t got = bad ? -1 : process_vm_readv(c, &a, 1, &d, 1, 0);
	close(go[1]);
	while (waitpid(c, &st, 0) == -1) if (errno != EINTR) { perror("waitpid"); if (bad++ > 2) exit(1); }
	if (bad) exit(1);
	if (got == sizeof v) printf("peer %d\n", v); else puts("peer denied");
	printf("parent %p %d %d\n", (void *)&x, x, sh[100]);
	uint64_t e = 0;
	FILE *f = fopen("/proc/self/pagemap", "rb");
	if (f) {
		if (fseeko(f, (off_t)((uintptr_t)&x / 4096 * 8), SEEK_SET) || fread(&e, 8, 1, f) != 1) e = 0;
		fclose(f);
	}
	e &= 0x7fffffffffffffULL;
	if (e) printf("frame %#llx\n", (unsigned long long)e); else puts("frame hidden");
	if (fflush(stdout) || ferror(stdout)) { perror("stdout"); exit(1); }
	exit(0);
}
