// A flag is an empty file. raise_flag() makes it, take_flag() removes it: only one can succeed in
// either, the kernel sees to that.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define FULL_FLAG "alphabet-is-there.flag"
#define SEEN_FLAG "alphabet-was-read.flag"

static int raise_flag(const char *name) {
	int fd;
	while ((fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600)) < 0 && errno == EINTR) {}
	if (fd < 0) {
		perror(name);
		return 0;
	}
	close(fd);
	return 1;
}

// Looks every 10 ms, `looks` times, or for ever if that is negative.
static int take_flag(const char *name, int looks) {
	while (unlink(name) != 0) {
		if (errno != ENOENT) {
			perror(name);
			return 0;
		}
		if (looks == 0) {
			fprintf(stderr, "%s never appeared\n", name);
			return 0;
		}
		if (looks > 0) looks--;
		usleep(10000);
	}
	return 1;
}
