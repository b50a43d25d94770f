#include <sys/shm.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>
struct seg { atomic_int flag; char text[32]; };
int main(void)
{
	int id = shmget(5678, sizeof(struct seg), 0);
	if (id < 0) { perror("shmget"); return 1; }
	struct seg *s = shmat(id, 0, 0);
	if (s == (void *)-1) { perror("shmat"); return 1; }
	while (s->flag != 1) pause();
	if (printf("%s\n", s->text) < 0 || fflush(stdout)) { perror("stdout"); return 1; }
	s->flag = 2;
	return 0;
}
