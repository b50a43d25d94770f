#include "cli/keys.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace ipcgrade {
namespace {

/// What a terminal sends for the keys that have no letter (console_codes(4)).
Key key_of(std::string_view bytes) {
  if (bytes == "\x1b[C" || bytes == "\x1b[B" || bytes == "\x1bOC" || bytes == "\x1bOB") {
    return Key::kNext;
  }
  if (bytes == "\x1b[D" || bytes == "\x1b[A" || bytes == "\x1bOD" || bytes == "\x1bOA") {
    return Key::kBack;
  }
  if (bytes == "\x1b[H" || bytes == "\x1b[1~") return Key::kFirst;
  if (bytes == "\x1b[F" || bytes == "\x1b[4~") return Key::kLast;
  if (bytes.size() != 1) return Key::kOther;
  switch (bytes.front()) {
    case 'n':
    case ' ':
    case '\n':
      return Key::kNext;
    case 'p':
    case '\x7f':
      return Key::kBack;
    case 's':
      return Key::kSwitch;
    case 'g':
      return Key::kFirst;
    case 'G':
      return Key::kLast;
    case 'q':
    case '\x04':
      return Key::kQuit;
    default:
      return Key::kOther;
  }
}

/// How many of the bytes are of the first key. REQUIRES: there are some.
std::size_t length_of_first(std::string_view bytes) {
  if (!bytes.starts_with("\x1b[") && !bytes.starts_with("\x1bO")) return 1;
  const auto is_last = [](char c) { return c >= '@' && c <= '~'; };
  const auto last = std::find_if(bytes.begin() + 2, bytes.end(), is_last);
  return std::min(bytes.size(), static_cast<std::size_t>(last - bytes.begin()) + 1);
}

}  // namespace

Keys::Keys(int stop) : stop_(stop) {
  if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  changed_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

Keys::~Keys() {
  if (changed_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

Key Keys::read() {
  if (pressed_.empty()) {
    std::array<pollfd, 2> watched{{{STDIN_FILENO, POLLIN, 0}, {stop_, POLLIN, 0}}};
    while (::poll(watched.data(), watched.size(), -1) < 0) {
      if (errno != EINTR) return Key::kQuit;
    }
    if (watched[1].revents != 0) return Key::kQuit;
    // The bytes of one key come together.
    std::array<char, 64> bytes{};
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0) return Key::kQuit;
    pressed_.assign(bytes.data(), static_cast<std::size_t>(count));
  }
  const std::size_t length = length_of_first(pressed_);
  const Key key = key_of(std::string_view(pressed_).substr(0, length));
  pressed_.erase(0, length);
  return key;
}

}  // namespace ipcgrade
