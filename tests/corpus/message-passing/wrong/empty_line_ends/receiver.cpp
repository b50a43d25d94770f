#include <iostream>
#include "lines.hpp"

int main()
{
    int id = -1;
    try {
        id = queue();
        while (true) {
            Line line;
            ssize_t size = msgrcv(id, &line, sizeof line.text, 0, 0);
            if (size == -1)
                throw Error("msgrcv");
            if (size == 1 && line.text[0] == '\n')
                break;
            if (!std::cout.write(line.text, size))
                throw Error("stdout");
        }
        if (!std::cout.flush())
            throw Error("stdout");
        if (msgctl(id, IPC_RMID, nullptr) == -1)
            throw Error("msgctl");
    } catch (const Error& e) {
        std::cerr << e.what() << '\n';
        if (id != -1)
            msgctl(id, IPC_RMID, nullptr);
        return 1;
    }
}
