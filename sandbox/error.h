// What the machine would not do: the third channel beside results (values) and our own mistakes
// (assertions).
#pragma once

#include <cerrno>
#include <cstring>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace sandbox {

/// A system call that failed, with what was being done, told from the outside in:
/// "set up the box: mount /proc: Operation not permitted".
struct Error {
  std::string what;
  int error_number = 0;  ///< an errno, or 0 where no system call failed

  /// The same failure, one step further out.
  [[nodiscard]] Error within(std::string_view step) const {
    return {std::string(step) + ": " + what, error_number};
  }
  /// One line, without a final newline.
  [[nodiscard]] std::string text() const {
    return error_number == 0 ? what : what + ": " + std::strerror(error_number);
  }
};

template <typename T>
using Expected = std::expected<T, Error>;

/// The calling thread's errno as an Error. Call it before anything that may change errno.
[[nodiscard]] inline std::unexpected<Error> from_errno(std::string_view what) {
  const int number = errno;
  return std::unexpected(Error{std::string(what), number});
}

[[nodiscard]] inline std::unexpected<Error> failure(std::string what) {
  return std::unexpected(Error{std::move(what), 0});
}

}  // namespace sandbox
