/* TP IPC -- le client lit l'alphabet et l'affiche */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "partage.h"

static void verifier(int code, const char *quoi)
{
    if (code != 0) {
        fprintf(stderr, "client : %s : %s\n", quoi, strerror(code));
        exit(1);
    }
}

int main(void)
{
    const struct timespec pause = { 0, 5 * 1000 * 1000 };
    char texte[27];
    struct partage *p;
    int id, n;

    id = shmget(CLE, sizeof(struct partage), 0);
    if (id == -1) {
        perror("client : shmget");
        return 1;
    }
    p = shmat(id, NULL, 0);
    if (p == (void *) -1) {
        perror("client : shmat");
        return 1;
    }

    /* Attendre l'initialisation, 20 secondes au plus (4000 fois 5 ms). */
    for (n = 0; !atomic_load(&p->pret); n++) {
        if (n == 4000) {
            fprintf(stderr, "client : le serveur ne répond pas\n");
            return 1;
        }
        nanosleep(&pause, NULL);
    }

    verifier(pthread_mutex_lock(&p->mutex), "mutex_lock");
    while (p->etape != ECRIT)
        verifier(pthread_cond_wait(&p->change, &p->mutex), "cond_wait");
    memcpy(texte, p->texte, sizeof texte);
    p->etape = LU;
    verifier(pthread_cond_signal(&p->change), "cond_signal");
    verifier(pthread_mutex_unlock(&p->mutex), "mutex_unlock");

    printf("%s\n", texte);
    if (fflush(stdout) != 0) {
        perror("client : stdout");
        return 1;
    }
    return 0;
}
