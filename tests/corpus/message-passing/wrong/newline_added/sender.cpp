#include <iostream>
#include <string>
#include <vector>
#include <cstdio>
#include <cstring>
#include <algorithm>
#include <sys/msg.h>
using namespace std;

struct Msg { long type; char part[4096]; };
enum { PIECE = 1, END_OF_LINE = 2, END = 3 };

int main()
{
    int q = msgget(5679, 0600 | IPC_CREAT);
    if (q < 0) { perror("msgget"); return 1; }

    auto send = [q](long type, string_view s) {
        Msg m{type, {}};
        memcpy(m.part, s.data(), s.size());
        if (msgsnd(q, &m, s.size(), 0) < 0) {
            perror("msgsnd");
            msgctl(q, IPC_RMID, nullptr);
            exit(1);
        }
    };

    string line;
    while (getline(cin, line)) {
        string_view rest = line;
        while (rest.size() > sizeof(Msg::part)) {
            send(PIECE, rest.substr(0, sizeof(Msg::part)));
            rest.remove_prefix(sizeof(Msg::part));
        }
        send(END_OF_LINE, rest);
    }
    if (ferror(stdin)) {
        perror("stdin");
        msgctl(q, IPC_RMID, nullptr);
        return 1;
    }
    send(END, "");
}
