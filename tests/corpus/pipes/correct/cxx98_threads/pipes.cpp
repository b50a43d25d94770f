// C++98, pthreads. The thread reads the answers, main() sends.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

class Channel {
public:
	Channel() { fd_[0] = fd_[1] = -1; }
	~Channel() { close_read(); close_write(); }
	bool open() { return ::pipe(fd_) == 0; }
	void close_read() { close_end(0); }
	void close_write() { close_end(1); }

	// false: error, in errno. At the end of the pipe, true and an empty vector.
	bool get(std::vector<char>& v) const { return get_from(fd_[0], v); }
	bool put(const std::vector<char>& v) const { return put_to(fd_[1], v); }

	static bool get_from(int fd, std::vector<char>& v) {
		v.resize(10240);
		ssize_t n;
		do {
			n = ::read(fd, &v[0], v.size());
		} while (n == -1 && errno == EINTR);
		if (n == -1) return false;
		v.resize(n);
		return true;
	}

	static bool put_to(int fd, const std::vector<char>& v) {
		std::vector<char>::size_type done = 0;
		while (done != v.size()) {
			ssize_t n = ::write(fd, &v[done], v.size() - done);
			if (n == -1 && errno != EINTR) return false;
			if (n > 0) done += n;
		}
		return true;
	}

private:
	Channel(const Channel&);
	Channel& operator=(const Channel&);
	void close_end(int i) {
		if (fd_[i] != -1) ::close(fd_[i]);
		fd_[i] = -1;
	}
	int fd_[2];
};

namespace {

struct Collector {
	Channel* answers;
	std::string error;   // read by main() after the join
};

void upper(char& c) {
	if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
}

int run_child(Channel& questions, Channel& answers) {
	std::vector<char> v;
	for (;;) {
		if (!questions.get(v)) { std::perror("child: read"); return 1; }
		if (v.empty()) return 0;
		for (std::vector<char>::iterator i = v.begin(); i != v.end(); ++i) upper(*i);
		if (!answers.put(v)) { std::perror("child: write"); return 1; }
	}
}

int reap(pid_t pid) {
	int status;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR) { std::perror("waitpid"); return 1; }
	if (status != 0) std::fprintf(stderr, "the child failed: %d\n", status);
	return status != 0;
}

pid_t child_pid;

}

extern "C" void* collect(void* arg) {
	Collector* me = static_cast<Collector*>(arg);
	std::vector<char> v;
	for (;;) {
		if (!me->answers->get(v)) { me->error = std::strerror(errno); break; }
		if (v.empty()) break;
		if (!Channel::put_to(STDOUT_FILENO, v)) { me->error = std::strerror(errno); break; }
	}
	if (!me->error.empty()) {
		// main() may be in read(0), where nobody can wake it. The whole program ends here.
		std::fprintf(stderr, "collector: %s\n", me->error.c_str());
		kill(child_pid, SIGKILL);
		reap(child_pid);
		_exit(1);
	}
	return 0;
}

int main() {
	Channel questions, answers;
	std::signal(SIGPIPE, SIG_IGN);
	if (!questions.open() || !answers.open()) { std::perror("pipe"); return 1; }

	child_pid = fork();
	if (child_pid == -1) { std::perror("fork"); return 1; }
	if (child_pid == 0) {
		questions.close_write();
		answers.close_read();
		_exit(run_child(questions, answers));
	}
	questions.close_read();
	answers.close_write();

	Collector collector;
	collector.answers = &answers;
	pthread_t thread;
	const int error = pthread_create(&thread, 0, collect, &collector);
	if (error != 0) {
		std::fprintf(stderr, "pthread_create: %s\n", std::strerror(error));
		questions.close_write();
		answers.close_read();
		reap(child_pid);
		return 1;
	}

	std::vector<char> v;
	bool good = true;
	do {
		if (!Channel::get_from(STDIN_FILENO, v)) { std::perror("stdin"); good = false; v.clear(); }
		if (!questions.put(v)) { std::perror("questions"); good = false; v.clear(); }
	} while (!v.empty());
	questions.close_write();
	pthread_join(thread, 0);
	return reap(child_pid) == 0 && good ? 0 : 1;
}
