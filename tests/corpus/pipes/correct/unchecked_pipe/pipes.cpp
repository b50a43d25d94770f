// Übung 4: Pipes
#include <cerrno>
#include <csignal>
#include <iostream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace std;

// one way
class OneWay {
    int fd[2] = {-1, -1};
public:
    OneWay() { pipe(fd); }
    void i_write() { close(fd[0]); fd[0] = -1; }
    void i_read() { close(fd[1]); fd[1] = -1; }
    void done() {
        for (int &f : fd) {
            if (f != -1) close(f);
            f = -1;
        }
    }
    int in() const { return fd[0]; }
    int out() const { return fd[1]; }
};

bool read_block(int fd, string &block)
{
    char b[2000];
    ssize_t n;
    while ((n = read(fd, b, sizeof b)) == -1)
        if (errno != EINTR) return false;
    block.assign(b, n);
    return true;
}

bool write_block(int fd, const string &block)
{
    for (size_t i = 0; i < block.size();) {
        ssize_t n = write(fd, &block[i], block.size() - i);
        if (n == -1 && errno != EINTR) return false;
        if (n != -1) i += n;
    }
    return true;
}

int child(OneWay &questions, OneWay &answers)
{
    string s;
    questions.i_read();
    answers.i_write();
    while (read_block(questions.in(), s)) {
        if (s.empty()) return 0;
        for (char &c : s) if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
        if (!write_block(answers.out(), s)) break;
    }
    perror("child");
    return 1;
}

// false: said so already
bool parent(OneWay &questions, OneWay &answers)
{
    string s, t;
    while (true) {
        if (!read_block(0, s)) return perror("stdin"), false;
        if (s.empty()) return true;
        if (!write_block(questions.out(), s)) return perror("questions"), false;
        for (size_t n = s.size(); n > 0; n -= t.size()) {
            if (!read_block(answers.in(), t)) return perror("answers"), false;
            if (t.empty()) return cerr << "no answer\n", false;
            if (!write_block(1, t)) return perror("stdout"), false;
        }
    }
}

int main()
{
    signal(SIGPIPE, SIG_IGN);
    OneWay questions, answers;
    pid_t pid = fork();
    if (pid == -1) return perror("fork"), 1;
    if (pid == 0) _exit(child(questions, answers));

    questions.i_write();
    answers.i_read();
    bool good = parent(questions, answers);
    questions.done();
    answers.done();
    int status;
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR) return perror("waitpid"), 1;
    if (status != 0) cerr << "the child failed\n";
    return good && status == 0 ? 0 : 1;
}
