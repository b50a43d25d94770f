#include "channel.h"

using namespace std;

static bool sendText(int id, const string& text)
{
    Message message;
    message.type = 1;
    strcpy(message.text, text.c_str());
    while (msgsnd(id, &message, text.size() + 1, 0) != 0)
        if (errno != EINTR)
            return complain("msgsnd");
    return true;
}

static bool sendAll(int id)
{
    static const char digits[] = "0123456789abcdef";
    string text;
    char c;
    while (cin.get(c))
    {
        unsigned char byte = static_cast<unsigned char>(c);
        text += digits[byte / 16];
        text += digits[byte % 16];
        if (text.size() == 120)
        {
            if (!sendText(id, text))
                return false;
            text.clear();
        }
    }
    if (ferror(stdin)) // cin takes a failure for the end
        return complain("stdin");
    if (!text.empty() && !sendText(id, text))
        return false;
    return sendText(id, ".");
}

int main()
{
    int id = msgget(5679, IPC_CREAT | 0600);
    if (id < 0)
    {
        complain("msgget");
        return 1;
    }
    if (sendAll(id))
        return 0;
    msgctl(id, IPC_RMID, 0);
    return 1;
}
