#include <iostream>
#include <cstdio>
#include "lines.hpp"

void send(int id, const char* text, size_t size)
{
    Line line;
    std::memcpy(line.text, text, size);
    if (msgsnd(id, &line, size, 0) == -1)
        throw Error("msgsnd");
}

int main()
{
    int id = -1;
    try {
        id = queue();
        std::string text;
        while (std::getline(std::cin, text)) {
            if (!std::cin.eof())
                text += '\n';
            for (size_t at = 0; at < text.size(); at += sizeof(Line::text))
                send(id, text.data() + at, std::min(sizeof(Line::text), text.size() - at));
        }
        if (std::ferror(stdin))
            throw Error("stdin");
        send(id, "\n", 1);
    } catch (const Error& e) {
        std::cerr << e.what() << '\n';
        if (id != -1)
            msgctl(id, IPC_RMID, nullptr);
        return 1;
    }
}
