/* The parent sends a block to the child, takes the same block back, and so on. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK 4096

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* Upper case, until there is nothing more. If something goes wrong we still take
 * what the parent has for us, so that it can go on and see our status. */
static int child(int in, int out)
{
	char block[BLOCK];
	ssize_t n;

	while ((n = read(in, block, sizeof block)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			block[i] = (char)toupper((unsigned char)block[i]);
		if (write(out, block, (size_t)n) != n)
			break;
	}
	if (n == 0)
		return EXIT_SUCCESS;
	perror("child");
	close(out);
	while (read(in, block, sizeof block) > 0)
		continue;
	return EXIT_FAILURE;
}

/* All of it, or -1. */
static int read_block(int fd, char *block, ssize_t size)
{
	ssize_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, block + got, (size_t)(size - got));
		if (n <= 0)
			return -1;
		got += n;
	}
	return 0;
}

static int print_block(const char *block, ssize_t size)
{
	ssize_t put = 0;

	while (put < size) {
		ssize_t n = write(STDOUT_FILENO, block + put, (size_t)(size - put));
		if (n == -1)
			return -1;
		put += n;
	}
	return 0;
}

int main(void)
{
	int down[2], up[2], status, failed = 0;
	char block[BLOCK];
	ssize_t n;

	if (pipe(down) == -1 || pipe(up) == -1)
		die("pipe");
	pid_t pid = fork();
	if (pid == -1)
		die("fork");
	if (pid == 0) {
		close(down[1]);
		close(up[0]);
		_exit(child(down[0], up[1]));
	}
	close(down[0]);
	close(up[1]);

	while (!failed && (n = read(STDIN_FILENO, block, sizeof block)) != 0) {
		if (n == -1 || write(down[1], block, (size_t)n) != n) {
			perror("parent");
			failed = 1;
		} else if (read_block(up[0], block, n) == -1) {
			fprintf(stderr, "the child gave up\n");
			failed = 1;
		} else if (print_block(block, n) == -1) {
			perror("stdout");
			failed = 1;
		}
	}
	close(down[1]);
	close(up[0]);
	if (waitpid(pid, &status, 0) == -1)
		die("waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "the child failed\n");
		failed = 1;
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
