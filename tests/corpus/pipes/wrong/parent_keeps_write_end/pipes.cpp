#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>
#include <sys/wait.h>
#include <unistd.h>

struct Pipe {
    int in, out;    // in: you put things in here; out: here they come out
    bool make() {
        int fd[2];
        if (pipe(fd) < 0) return false;
        out = fd[0], in = fd[1];
        return true;
    }
};

using Block = std::vector<char>;

bool get(int fd, Block &b)
{
    b.resize(30000);
    ssize_t n;
    do n = read(fd, b.data(), b.size()); while (n < 0 && errno == EINTR);
    b.resize(n < 0 ? 0 : n);
    return n >= 0;
}

bool put(int fd, const Block &b)
{
    for (size_t i = 0; i < b.size();) {
        ssize_t n = write(fd, b.data() + i, b.size() - i);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) i += n;
    }
    return true;
}

int child(const Pipe &question, const Pipe &answer)
{
    Block b;
    close(question.in);
    close(answer.out);
    while (get(question.out, b)) {
        if (b.empty()) return 0;
        for (auto &c : b) if (c >= 'a' && c <= 'z') c += 'A' - 'a';
        if (!put(answer.in, b)) break;
    }
    perror("child");
    return 1;
}

int main()
{
    Pipe question, answer;
    signal(SIGPIPE, SIG_IGN);
    if (!question.make() || !answer.make()) { perror("pipe"); return 1; }
    pid_t pid = fork();
    if (pid < 0) { perror("fork"); return 1; }
    if (pid == 0) _exit(child(question, answer));

    close(question.out);
    std::thread sender;
    try {
        sender = std::thread([&] {
            Block b;
            do {
                if (!get(0, b) || !put(question.in, b)) { perror("sender"); break; }
            } while (!b.empty());
            close(question.in);
        });
    } catch (const std::exception &e) {
        fprintf(stderr, "%s\n", e.what());
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        return 1;
    }

    Block b;
    bool good = true;
    while ((good = get(answer.out, b)) && !b.empty())
        if (!(good = put(1, b))) break;
    if (!good) perror("receiver");
    close(answer.out);
    sender.join();
    int status = 0;
    waitpid(pid, &status, 0);
    return good && status == 0 ? 0 : 1;
}
