#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct {
	atomic_int value;
	atomic_bool printed;
	atomic_bool go;
} page_t;

static int local_value = 1;

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static bool show(const char *who, page_t *page)
{
	printf("%s %p %d %d\n", who, (void *)&local_value, local_value, atomic_load(&page->value));
	if (fflush(stdout) == 0)
		return true;
	perror(who);
	return false;
}

static int be_child(page_t *page)
{
	local_value = 2;
	atomic_store(&page->value, 2);
	if (!show("child", page))
		return 1;
	atomic_store(&page->printed, true);
	while (!atomic_load(&page->go))
		nap();
	return 0;
}

static uint64_t frame_of(void *address)
{
	uint64_t entry[1] = { 0 };
	FILE *map = fopen("/proc/self/pagemap", "r");

	if (map == NULL)
		return 0;
	setbuf(map, NULL);
	if (fseek(map, (uintptr_t)address / (unsigned long)getpagesize() * sizeof entry, SEEK_SET) < 0 ||
	    fread(entry, sizeof entry, 1, map) < 1)
		entry[0] = 0;
	fclose(map);
	return entry[0] << 9 >> 9;	/* the upper nine bits are flags */
}

int main(void)
{
	int status = 0;
	bool good = true;
	page_t *page = mmap(NULL, sizeof(page_t), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	atomic_init(&page->value, 1);

	pid_t child = fork();
	if (child == -1) {
		perror("fork");
		return 1;
	}
	if (child == 0)
		return be_child(page);

	while (!atomic_load(&page->printed)) {
		if (waitpid(child, &status, WNOHANG) == child) {
			fprintf(stderr, "the child has given up\n");
			return 1;
		}
		nap();
	}

	int stolen;
	struct iovec to = { &stolen, sizeof stolen }, from = { &local_value, sizeof local_value };
	if (process_vm_readv(child, &to, 1, &from, 1, 0) == sizeof stolen)
		printf("peer %d\n", stolen);
	else
		printf("peer denied\n");
	if (fflush(stdout) != 0) {
		perror("parent");
		good = false;
	}

	atomic_store(&page->go, true);
	if (waitpid(child, &status, 0) != child || status != 0)
		good = false;
	if (!good || !show("parent", page))
		return 1;

	uint64_t frame = frame_of(&local_value);
	if (frame)
		printf("frame 0x%jx\n", (uintmax_t)frame);
	else
		printf("frame hidden\n");
	if (fflush(stdout) != 0) {
		perror("parent");
		return 1;
	}
	return 0;
}
