/* Pipes in C++. The parent: a thread writes, main reads. */
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <system_error>
#include <thread>
#include <sys/wait.h>
#include <unistd.h>

class End {
public:
	explicit End(int fd = -1) : fd(fd) {}
	End(const End &) = delete;
	End &operator=(End &&o) { std::swap(fd, o.fd); return *this; }
	~End() { shut(); }
	void shut() { if (fd >= 0) ::close(fd); fd = -1; }

	// number of bytes, 0 at the end, -1 on failure
	int get(char *buf, int n) const {
		int k;
		while ((k = ::read(fd, buf, n)) < 0 && errno == EINTR) ;
		return k;
	}
	bool put(const char *buf, int n) const {
		while (n > 0) {
			int k = ::write(fd, buf, n);
			if (k < 0 && errno != EINTR) return false;
			if (k > 0) buf += k, n -= k;
		}
		return true;
	}
private:
	int fd;
};

static bool connect(End &r, End &w)
{
	int fd[2];
	if (::pipe(fd) < 0) return false;
	r = End(fd[0]);
	w = End(fd[1]);
	return true;
}

using Filter = std::function<void(char *, char *)>;

// everything from one to the other; returns how many bytes, or -1
static long pass(const End &from, const End &to, const Filter &filter)
{
	char buf[6000];
	long total = 0;
	int n;
	while ((n = from.get(buf, sizeof buf)) > 0) {
		filter(buf, buf + n);
		if (!to.put(buf, n)) return -1;
		total += n;
	}
	return n < 0 ? -1 : total;
}

static void nothing(char *, char *) {}

static void capitals(char *p, char *end)
{
	for (; p < end; ++p)
		if (*p >= 'a' && *p <= 'z') *p = *p - 'a' + 'A';
}

int main()
{
	End r1, w1, r2, w2;
	std::signal(SIGPIPE, SIG_IGN);
	if (!connect(r1, w1) || !connect(r2, w2)) {
		std::perror("pipe");
		return 1;
	}
	const pid_t pid = ::fork();
	if (pid < 0) {
		std::perror("fork");
		return 1;
	}
	if (pid == 0) {
		w1.shut();
		r2.shut();
		const bool failed = pass(r1, w2, capitals) < 0;
		if (failed) std::perror("child");
		::_exit(failed);
	}
	r1.shut();
	w2.shut();

	const auto stop = [&](const char *what) {
		std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
		::kill(pid, SIGKILL);
		::waitpid(pid, nullptr, 0);
		::_exit(1);
	};
	long sent = 0;
	std::unique_ptr<std::thread> writer;
	try {
		writer = std::make_unique<std::thread>([&] {
			static End input(0);
			sent = pass(input, w1, nothing);
			if (sent < 0) stop("writer");
			w1.shut();
		});
	} catch (const std::system_error &) {
		stop("thread");
	}
	static End output(1);
	const long received = pass(r2, output, nothing);
	if (received < 0) stop("reader");
	int status = 0;
	while (::waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) stop("waitpid");
	if (status != 0) {
		std::fprintf(stderr, "child: %d\n", status);
		::_exit(1);
	}
	writer->join();
	if (received == 0 || received != sent) {
		std::fprintf(stderr, "received %ld of %ld bytes\n", received, sent);
		return 1;
	}
	return 0;
}
