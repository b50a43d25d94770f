#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUEUE "/lab5-news"
#define SEM "/lab5-go"

int counter = 1;
int *page;
mqd_t news;
sem_t *go;

/* 1 = worked. The names are gone at once, the things stay with us. */
int make_things(void)
{
    struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 16 };

    news = mq_open(QUEUE, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
    if (news == (mqd_t)-1) {
        perror("mq_open");
        return 0;
    }
    if (mq_unlink(QUEUE) == -1) {
        perror("mq_unlink");
        mq_unlink(QUEUE);   /* a second try does no harm */
        return 0;
    }
    go = sem_open(SEM, O_CREAT | O_EXCL, 0600, 0);
    if (go == SEM_FAILED) {
        perror("sem_open");
        return 0;
    }
    if (sem_unlink(SEM) == -1) {
        perror("sem_unlink");
        sem_unlink(SEM);
        return 0;
    }
    page = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        perror("mmap");
        return 0;
    }
    *page = 1;
    return 1;
}

/* the child's news is one word */
int send_news(const char *word)
{
    while (mq_send(news, word, strlen(word) + 1, 0) == -1)
        if (errno != EINTR) {
            perror("mq_send");
            return 0;
        }
    return 1;
}

void child(void)
{
    counter = 2;
    *page = 2;
    printf("child %p %d %d\n", (void *)&counter, counter, *page);
    if (fflush(stdout) == EOF) {
        perror("child: stdout");
        send_news("failed");
        _exit(1);
    }
    if (!send_news("printed")) {
        send_news("failed");    /* perhaps this one gets through */
        _exit(1);
    }
    while (sem_wait(go) == -1)
        if (errno != EINTR) {
            perror("sem_wait");
            _exit(1);
        }
    _exit(0);
}

int main(void)
{
    char word[16] = "";
    int status, value, ok = 0;

    if (!make_things())
        return 1;
    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        return 1;
    }
    if (pid == 0)
        child();

    while (mq_receive(news, word, sizeof word, NULL) == -1)
        if (errno != EINTR) {
            perror("mq_receive");
            break;
        }
    if (strcmp(word, "printed") == 0) {
        struct iovec in = { &value, sizeof value }, out = { &counter, sizeof counter };
        if (process_vm_readv(pid, &in, 1, &out, 1, 0) == -1)
            puts("peer denied");
        else
            printf("peer %d\n", value);
        ok = fflush(stdout) == 0;
    }
    if (sem_post(go) == -1) {
        perror("sem_post");
        kill(pid, 9);
    }
    if (waitpid(pid, &status, 0) == -1 || status != 0)
        ok = 0;
    if (!ok) {
        fprintf(stderr, "address_space: giving up\n");
        return 1;
    }

    printf("parent %p %d %d\n", (void *)&counter, counter, *page);
    unsigned long long entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd != -1) {
        off_t at = (off_t)((unsigned long)&counter / sysconf(_SC_PAGESIZE)) * 8;
        if (pread(fd, &entry, 8, at) != 8)
            entry = 0;
        close(fd);
    }
    entry &= 0x7fffffffffffffull;
    if (entry)
        printf("frame 0x%llx\n", entry);
    else
        puts("frame hidden");
    if (fflush(stdout) == EOF) {
        perror("stdout");
        return 1;
    }
    return 0;
}
