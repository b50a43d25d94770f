/* TP IPC -- le serveur écrit l'alphabet et attend que le client l'ait lu */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "partage.h"

/* Crée le segment ; un vieux segment oublié est d'abord supprimé. */
static int creer(void)
{
    int id = shmget(CLE, sizeof(struct partage), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1 && errno == EEXIST) {
        int vieux = shmget(CLE, 0, 0);
        if (vieux == -1 || shmctl(vieux, IPC_RMID, NULL) == -1)
            return -1;
        fprintf(stderr, "serveur : vieux segment supprimé\n");
        id = shmget(CLE, sizeof(struct partage), IPC_CREAT | IPC_EXCL | 0600);
    }
    return id;
}

/* Les fonctions pthread rendent le code d'erreur au lieu de errno. */
static int essai(int code, const char *quoi)
{
    if (code != 0)
        fprintf(stderr, "serveur : %s : %s\n", quoi, strerror(code));
    return code == 0;
}

static int initialiser(struct partage *p)
{
    pthread_mutexattr_t ma;
    pthread_condattr_t ca;

    return essai(pthread_mutexattr_init(&ma), "mutexattr_init")
        && essai(pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED), "mutexattr_setpshared")
        && essai(pthread_mutex_init(&p->mutex, &ma), "mutex_init")
        && essai(pthread_condattr_init(&ca), "condattr_init")
        && essai(pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED), "condattr_setpshared")
        && essai(pthread_cond_init(&p->change, &ca), "cond_init");
}

static int dialoguer(struct partage *p)
{
    int bien = 1;

    if (!initialiser(p))
        return 0;
    atomic_store(&p->pret, 1);      /* à partir d'ici le client peut s'en servir */

    if (!essai(pthread_mutex_lock(&p->mutex), "mutex_lock"))
        return 0;
    strcpy(p->texte, "abcdefghijklmnopqrstuvwxyz");
    p->etape = ECRIT;
    bien = essai(pthread_cond_signal(&p->change), "cond_signal");
    while (bien && p->etape != LU)
        bien = essai(pthread_cond_wait(&p->change, &p->mutex), "cond_wait");
    return essai(pthread_mutex_unlock(&p->mutex), "mutex_unlock") && bien;
}

int main(void)
{
    int bien, id;
    struct partage *p;

    if ((id = creer()) == -1) {
        perror("serveur : shmget");
        return 1;
    }
    p = shmat(id, NULL, 0);
    if (p == (void *) -1) {
        perror("serveur : shmat");
        bien = 0;
    } else {
        bien = dialoguer(p);
    }
    if (shmctl(id, IPC_RMID, NULL) == -1) {
        perror("serveur : shmctl");
        bien = 0;
    }
    return bien ? 0 : 1;
}
