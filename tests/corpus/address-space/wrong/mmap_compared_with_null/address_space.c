#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int val = 1;

static int show(const char *who, const int *page)
{
	char buf[64];
	int len = snprintf(buf, sizeof(buf), "%s %p %d %d\n", who, (void *)&val, val, *page);
	return dprintf(1, "%s", buf) == len ? 0 : -1;
}

static unsigned long frame(unsigned long addr)
{
	unsigned long e = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0)
		return 0;
	if (lseek(fd, addr / sysconf(_SC_PAGESIZE) * 8, SEEK_SET) < 0 || read(fd, &e, 8) != 8)
		e = 0;
	close(fd);
	return e << 9 >> 9;
}

int main(void)
{
	int st, got, err;

	int *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == NULL) {
		perror("mmap");
		return 1;
	}
	*page = 1;

	pid_t pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		val = *page = 2;
		if (show("child", page) < 0) {
			perror("child");
			_exit(1);
		}
		kill(getpid(), SIGSTOP);
		_exit(0);
	}
	if (waitpid(pid, &st, WUNTRACED) < 0) {
		perror("waitpid");
		return 1;
	}
	if (!WIFSTOPPED(st)) {
		fprintf(stderr, "the child did not stop, it ended\n");
		return 1;
	}
	struct iovec a = { &got, sizeof(got) }, b = { &val, sizeof(val) };
	if (process_vm_readv(pid, &a, 1, &b, 1, 0) < 0)
		err = dprintf(1, "peer denied\n") < 0;
	else
		err = dprintf(1, "peer %d\n", got) < 0;
	kill(pid, SIGCONT);
	if (waitpid(pid, &st, 0) < 0 || st != 0 || err) {
		fprintf(stderr, "failed\n");
		return 1;
	}
	unsigned long f;
	if (show("parent", page) < 0) {
		perror("parent");
		return 1;
	}
	if ((f = frame((unsigned long)&val)))
		err = dprintf(1, "frame 0x%lx\n", f) < 0;
	else
		err = dprintf(1, "frame hidden\n") < 0;
	if (err)
		perror("parent");
	return err;
}
