// The table says what becomes of each character.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <numeric>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using Table = std::array<char, 256>;

Table make_table() {
	Table table;
	std::iota(table.begin(), table.end(), 0);
	for (char c = 'a'; c <= 'z'; ++c) table.at(c) = c - 'a' + 'A';
	return table;
}

struct Block {
	char text[4096];
	ssize_t size = 0;

	// Returns false at the end and on failure; size tells which.
	bool read_from(int fd) {
		do size = ::read(fd, text, sizeof text);
		while (size < 0 && errno == EINTR);
		return size > 0;
	}
	bool write_to(int fd) {
		for (ssize_t done = 0; done < size;) {
			const ssize_t n = ::write(fd, text + done, size - done);
			if (n < 0 && errno != EINTR) return false;
			if (n > 0) done += n;
		}
		return true;
	}
};

int serve(int in, int out) {
	const Table table = make_table();
	Block block;
	while (block.read_from(in)) {
		for (ssize_t i = 0; i < block.size; ++i) block.text[i] = table.at(block.text[i]);
		if (!block.write_to(out)) {
			std::perror("server: write");
			return 1;
		}
	}
	if (block.size < 0) std::perror("server: read");
	return block.size < 0;
}

bool talk(int &to, int from) {
	Block question, answer;
	while (true) {
		pollfd fds[] = {{question.size > 0 ? to : -1, POLLOUT, 0},
				{question.size == 0 && to >= 0 ? 0 : -1, POLLIN, 0},
				{from, POLLIN, 0}};
		if (poll(fds, 3, -1) < 0) {
			if (errno == EINTR) continue;
			std::perror("poll");
			return false;
		}
		if (fds[0].revents) {
			if (!question.write_to(to)) {
				std::perror("write");
				return false;
			}
			question.size = 0;
		}
		if (fds[1].revents && !question.read_from(0)) {
			if (question.size < 0) {
				std::perror("stdin");
				return false;
			}
			close(to);
			to = -1;
		}
		if (fds[2].revents) {
			if (!answer.read_from(from)) {
				if (answer.size < 0) std::perror("read");
				return answer.size == 0;
			}
			if (!answer.write_to(1)) {
				std::perror("stdout");
				return false;
			}
		}
	}
}

int main() {
	int a[2], b[2];
	std::signal(SIGPIPE, SIG_IGN);
	if (pipe(a) < 0 || pipe(b) < 0) {
		std::perror("pipe");
		return 1;
	}
	const pid_t pid = fork();
	if (pid < 0) {
		std::perror("fork");
		return 1;
	}
	if (pid == 0) {
		close(a[1]);
		close(b[0]);
		_exit(serve(a[0], b[1]));
	}
	close(a[0]);
	close(b[1]);
	const bool good = talk(a[1], b[0]);
	if (a[1] >= 0) close(a[1]);
	close(b[0]);
	int status = 0;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) return std::perror("waitpid"), 1;
	if (status != 0) std::fprintf(stderr, "server ended: %d\n", status);
	return good && status == 0 ? 0 : 1;
}
