/* Ce que le serveur et le client ont en commun. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define CLE 5678

enum { RIEN, ECRIT, LU };

struct partage {
    /* Un segment neuf est plein de zéros : tant que "pret" vaut 0, le mutex
       et la condition n'ont pas encore été initialisés, défense d'y toucher. */
    atomic_int pret;
    pthread_mutex_t mutex;
    pthread_cond_t change;
    int etape;
    char texte[27];
};
