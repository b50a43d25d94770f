#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY 5678
#define SIZE 27

static pid_t ticker = -1;
static int shmid = -1;
static sem_t *go = SEM_FAILED, *done = SEM_FAILED;

/* Shows on stderr that we are still alive. Has to be killed, it never stops on its own. */
static void tick(void)
{
    for (;;) {
        if (write(STDERR_FILENO, ".", 1) < 0)
            _exit(1);
        usleep(50000);
    }
}

static int finish(int status)
{
    if (ticker > 0) {
        kill(ticker, SIGKILL);
        while (waitpid(ticker, NULL, 0) < 0) {
            if (errno == EINTR)
                continue;
            status = EXIT_FAILURE;
            if (errno == ECHILD)
                break;
            perror("waitpid");
        }
    }
    if (shmid >= 0 && shmctl(shmid, IPC_RMID, NULL) < 0) {
        perror("shmctl");
        status = EXIT_FAILURE;
    }
    if (done != SEM_FAILED && sem_unlink("/letters-done") < 0) {
        perror("sem_unlink");
        status = EXIT_FAILURE;
    }
    if (go != SEM_FAILED && sem_unlink("/letters-go") < 0) {
        perror("sem_unlink");
        status = EXIT_FAILURE;
    }
    return status;
}

static int give_up(const char *why)
{
    perror(why);
    return finish(EXIT_FAILURE);
}

int main(void)
{
    if ((go = sem_open("/letters-go", O_CREAT | O_EXCL, 0600, 0)) == SEM_FAILED)
        return give_up("sem_open go");
    if ((done = sem_open("/letters-done", O_CREAT | O_EXCL, 0600, 0)) == SEM_FAILED)
        return give_up("sem_open done");

    if ((ticker = fork()) < 0)
        return give_up("fork");
    if (ticker == 0)
        tick();

    if ((shmid = shmget(KEY, SIZE, IPC_CREAT | IPC_EXCL | 0600)) < 0)
        return give_up("shmget");
    char *letters = shmat(shmid, NULL, 0);
    if (letters == (char *)-1)
        return give_up("shmat");

    char c = 'a';
    for (int i = 0; i < 26; i++)
        letters[i] = c++;
    letters[26] = '\0';

    if (sem_post(go) < 0)
        return give_up("sem_post");
    while (sem_wait(done) < 0)
        if (errno != EINTR)
            return give_up("sem_wait");

    return finish(EXIT_SUCCESS);
}
