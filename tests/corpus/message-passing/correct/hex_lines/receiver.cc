#include "channel.h"

using namespace std;

static int value(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

static bool receiveAll(int id)
{
    for (;;)
    {
        Message message;
        if (msgrcv(id, &message, sizeof message.text, 1, 0) < 0)
        {
            if (errno == EINTR)
                continue;
            return complain("msgrcv");
        }
        if (strcmp(message.text, ".") == 0)
            break;
        for (const char* p = message.text; *p; p += 2)
            cout.put(static_cast<char>(value(p[0]) * 16 + value(p[1])));
        if (!cout)
            return complain("stdout");
    }
    cout.flush();
    return cout ? true : complain("stdout");
}

int main()
{
    int id = msgget(5679, IPC_CREAT | 0600);
    if (id < 0)
    {
        complain("msgget");
        return 1;
    }
    bool good = receiveAll(id);
    if (msgctl(id, IPC_RMID, 0) < 0)
        good = complain("msgctl");
    return good ? 0 : 1;
}
