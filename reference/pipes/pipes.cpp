#include <poll.h>

#include <algorithm>
#include <array>
#include <climits>
#include <csignal>

#include "kernel.h"

// poll() promises that a pipe takes PIPE_BUF bytes without waiting, and no more than that.
using Buffer = std::array<char, PIPE_BUF>;

char to_upper(char c) {  // not toupper(), which has a locale and fears negative numbers
  return 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// The child's part.
void answer(int requests, int answers) {
  Buffer buffer;
  while (true) {
    const auto bytes = read_some(requests, buffer);
    if (bytes.empty()) return;
    std::ranges::transform(bytes, bytes.begin(), to_upper);
    write_all(answers, bytes);
  }
}

/// The child, and the two ends that are the parent's. They are closed before the child is waited
/// for, since members go in the reverse order: whatever the child is doing, it comes to an end
/// then.
struct Helper {
  Child child;
  Fd requests, answers;
};

Helper start_helper() {
  Pipe there, back;
  Child child([&] {
    there.write.close();  // or the child's read() would wait for the child's own write()
    back.read.close();
    answer(there.read.number(), back.write.number());
  });
  return {std::move(child), std::move(there.write), std::move(back.read)};
}  // the two ends that were not moved are the child's: the parent's copies are closed here

/// stdin to the child, the answers to stdout, whichever can go on: so nobody waits for the parent
/// while the parent waits for them.
void converse(Fd& requests, const Fd& answers) {
  Buffer buffer, answer;
  std::span<char> unsent;
  bool more = true;
  while (true) {
    // Nothing is read from stdin before the last bytes are sent. poll() passes over -1.
    std::array<pollfd, 3> waits{{{more && unsent.empty() ? STDIN_FILENO : -1, POLLIN, 0},
                                 {unsent.empty() ? -1 : requests.number(), POLLOUT, 0},
                                 {answers.number(), POLLIN, 0}}};
    check("poll", [&] { return ::poll(waits.data(), waits.size(), -1); });
    const auto [input, out, in] = waits;

    if (input.revents != 0) {
      unsent = read_some(STDIN_FILENO, buffer);
      more = !unsent.empty();
      if (!more) requests.close();  // the child reads the end, answers the last, and ends
    }
    if (out.revents != 0) unsent = write_some(requests.number(), unsent);
    if (in.revents != 0) {
      const auto bytes = read_some(answers.number(), answer);
      if (bytes.empty()) return;
      write_all(STDOUT_FILENO, bytes);
    }
  }
}

int main() try {
  std::signal(SIGPIPE, SIG_IGN);  // where nobody reads any more, write() is to fail, not to kill
  Helper helper = start_helper();
  converse(helper.requests, helper.answers);
  helper.child.wait();  // only a child that has seen the end of the input, and sent it all, exits 0
} catch (const std::exception& error) {
  std::cerr << "parent: " << error.what() << '\n';
  return 1;
}
