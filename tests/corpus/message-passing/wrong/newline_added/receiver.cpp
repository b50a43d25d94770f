#include <iostream>
#include <cstdio>
#include <sys/msg.h>
using namespace std;

struct Msg { long type; char part[4096]; };
enum { PIECE = 1, END_OF_LINE = 2, END = 3 };

bool receive(int q)
{
    Msg m;
    do {
        ssize_t n = msgrcv(q, &m, sizeof m.part, 0, 0);
        if (n < 0) { perror("msgrcv"); return false; }
        cout.write(m.part, n);
        if (m.type == END_OF_LINE) cout << '\n';
        if (!cout) { perror("stdout"); return false; }
    } while (m.type != END);
    cout.flush();
    if (!cout) { perror("stdout"); return false; }
    return true;
}

int main()
{
    int q = msgget(5679, 0600 | IPC_CREAT);
    if (q < 0) { perror("msgget"); return 1; }
    bool good = receive(q);
    if (msgctl(q, IPC_RMID, nullptr) < 0) { perror("msgctl"); good = false; }
    return !good;
}
