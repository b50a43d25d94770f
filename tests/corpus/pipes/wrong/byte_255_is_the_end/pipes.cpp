#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <functional>
#include <iostream>
#include <streambuf>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <sys/wait.h>
class FdBuf : public std::streambuf {
public:
    explicit FdBuf(int fd) : fd_(fd) { setp(out_.data(), out_.data() + out_.size()); }
    ~FdBuf() override { if (fd_ >= 0) ::close(fd_); }
    FdBuf(const FdBuf&) = delete;
protected:
    int_type underflow() override {
        ssize_t n;
        do n = ::read(fd_, in_.data(), in_.size()); while (n < 0 && errno == EINTR);
        if (n < 0) throw std::system_error(errno, std::generic_category(), "read");
        if (n == 0) return traits_type::eof();
        setg(in_.data(), in_.data(), in_.data() + n);
        return *gptr();
    }
    int_type overflow(int_type c) override {
        flush();
        if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
        return traits_type::not_eof(c);
    }
    int sync() override { flush(); return 0; }
private:
    void flush() {
        for (char* p = pbase(); p < pptr();) {
            ssize_t n = ::write(fd_, p, pptr() - p);
            if (n < 0) { if (errno == EINTR) continue; throw std::system_error(errno, std::generic_category(), "write"); }
            p += n;
        }
        setp(out_.data(), out_.data() + out_.size());
    }
    int fd_;
    std::array<char, 8192> in_, out_;
};
static void pump(std::streambuf& from, std::streambuf& to, auto f) {
    using T = std::char_traits<char>;
    for (auto c = from.sbumpc(); c != T::eof(); c = from.sbumpc()) to.sputc(f(T::to_char_type(c)));
    to.pubsync();
}
int main() {
    std::signal(SIGPIPE, SIG_IGN);
    int a[2], b[2];
    if (pipe(a) || pipe(b)) { std::cerr << "pipe failed\n"; return 1; }
    const pid_t pid = fork();
    if (pid < 0) { std::cerr << "fork failed\n"; return 1; }
    if (pid == 0) {
        ::close(a[1]); ::close(b[0]);
        try {
            FdBuf in(a[0]), out(b[1]);
            pump(in, out, [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
        } catch (const std::exception& e) { std::cerr << "child: " << e.what() << '\n'; _exit(1); }
        _exit(0);
    }
    ::close(a[0]); ::close(b[1]);
    std::exception_ptr e1, e2;
    try {
        std::jthread feeder([&] {
            try { FdBuf in(dup(0)), out(a[1]); pump(in, out, std::identity{}); } catch (...) { e1 = std::current_exception(); }
        });
        try { FdBuf in(b[0]), out(dup(1)); pump(in, out, std::identity{}); } catch (...) { e2 = std::current_exception(); }
    } catch (const std::system_error& e) { ::close(a[1]); ::close(b[0]); e2 = std::current_exception(); }
    int rc = 0, st = 0;
    for (auto& e : {e1, e2}) if (e) try { std::rethrow_exception(e); } catch (const std::exception& x) { std::cerr << x.what() << '\n'; rc = 1; }
    while (waitpid(pid, &st, 0) < 0) if (errno != EINTR) { std::cerr << "waitpid\n"; return 1; }
    if (st != 0) { std::cerr << "the child failed\n"; rc = 1; }
    return rc;
}
