/* One block at a time: 2 bytes of length and at most 1000 bytes; the answer has the same shape.
   A block of length 0 says good bye, and is answered, too. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX 1000

static int full_read(int fd, void *v, size_t n)
{
    char *p = v;
    while (n > 0) {
        ssize_t r = read(fd, p, n);
        if (r == -1 && errno == EINTR) continue;
        if (r == -1) return -1;
        if (r == 0) { errno = EPIPE; return -1; }
        p += r; n -= r;
    }
    return 0;
}
static int send_frame(int fd, uint16_t len, char *data)
{
    struct iovec v[2] = { { &len, sizeof len }, { data, len } };
    ssize_t w;
    do w = writev(fd, v, 2); while (w == -1 && errno == EINTR);
    if (w == -1) return -1;
    if (w != (ssize_t)(sizeof len + len)) { errno = EIO; return -1; } /* never: less than PIPE_BUF */
    return 0;
}
static int get_frame(int fd, uint16_t *len, char *data)
{
    if (full_read(fd, len, sizeof *len)) return -1;
    if (*len > MAX) { errno = EPROTO; return -1; }
    return *len && read(fd, data, *len) <= 0 ? -1 : 0;
}
static int serve(int in, int out)
{
    uint16_t n;
    char d[MAX];
    do {
        if (get_frame(in, &n, d)) { perror("child"); return 1; }
        for (int i = 0; i < n; i++) {
            unsigned char c = d[i];
            d[i] = c - 'a' < 26u ? c - 'a' + 'A' : c;
        }
        if (send_frame(out, n, d)) { perror("child"); return 1; }
    } while (n);
    return 0;
}
int main(void)
{
    int p[2], q[2], rc = 0, st;
    signal(SIGPIPE, SIG_IGN);
    if (pipe(p)) { perror("pipe"); return 1; }
    if (pipe(q)) { perror("pipe"); return 1; }
    pid_t k = fork();
    switch (k) {
    case -1: perror("fork"); return 1;
    case 0:
        close(p[1]); close(q[0]);
        _exit(serve(p[0], q[1]));
    }
    close(p[0]); close(q[1]);
    uint16_t n = 0;
    do {
        char d[MAX];
        ssize_t r = read(STDIN_FILENO, d, sizeof d);
        if (r == -1 && errno == EINTR) { n = 1; continue; }
        if (r == -1) { perror("stdin"); rc = 1; break; }
        n = r;
        uint16_t back;
        if (send_frame(p[1], n, d) || get_frame(q[0], &back, d)) { perror("pipes"); rc = 1; break; }
        for (int o = 0; o < back; ) {
            ssize_t w = write(STDOUT_FILENO, d + o, back - o);
            if (w == -1 && errno != EINTR) { perror("stdout"); rc = 1; n = 0; break; }
            if (w > 0) o += w;
        }
    } while (n);
    close(p[1]); close(q[0]);
    while (waitpid(k, &st, 0) == -1) if (errno != EINTR) { perror("wait"); return 1; }
    if (rc == 0 && st != 0) { fprintf(stderr, "child: %d\n", st); rc = 1; }
    return rc;
}
