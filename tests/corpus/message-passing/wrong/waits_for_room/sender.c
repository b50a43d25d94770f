/* Sender, Aufgabe 3
   Damit msgsnd() nie haengt, warten wir, bis alles auf einmal in die Queue passt. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define PORTION 4096

struct nachricht { long typ; char inhalt[PORTION]; };

static char *text;
static size_t laenge;

static int alles_lesen(void)
{
    size_t platz = 1 << 16, n;
    text = malloc(platz);
    while (text && (n = fread(text + laenge, 1, platz - laenge, stdin)) > 0) {
        laenge += n;
        if (laenge == platz)
            text = realloc(text, platz *= 2);
    }
    return text != NULL && !ferror(stdin);
}

static int platz_abwarten(int q)
{
    struct msqid_ds ds;
    for (;;) {
        if (msgctl(q, IPC_STAT, &ds) == -1)
            return -1;
        if (ds.__msg_cbytes + laenge <= ds.msg_qbytes)
            return 0;
        usleep(100000);
    }
}

int main(void)
{
    struct nachricht m;
    size_t i, n;
    int q;

    if (!alles_lesen()) {
        perror("lesen");
        return 1;
    }
    q = msgget(5679, IPC_CREAT | 0600);
    if (q == -1) {
        perror("msgget");
        return 1;
    }
    if (platz_abwarten(q) == -1) {
        perror("msgctl");
        msgctl(q, IPC_RMID, NULL);
        return 1;
    }
    m.typ = 1;
    for (i = 0; i < laenge; i += n) {
        n = laenge - i < PORTION ? laenge - i : PORTION;
        memcpy(m.inhalt, text + i, n);
        if (msgsnd(q, &m, n, 0) == -1)
            goto fehler;
    }
    m.typ = 2;
    if (msgsnd(q, &m, 0, 0) == -1)
        goto fehler;
    free(text);
    return 0;

fehler:
    perror("msgsnd");
    msgctl(q, IPC_RMID, NULL);
    return 1;
}
