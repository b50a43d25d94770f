// What the fuzz targets share: each is one file with the entry that libFuzzer knows, and says with
// expect() what must be so of any input.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

/// https://llvm.org/docs/LibFuzzer.html: returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace ipcgrade::fuzz {

/// Ends the process as a failed assertion does where it is not so: that input is kept.
inline void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "It is not so that %s.\n", what);
  std::abort();
}

/// An input that is taken apart from its beginning; behind its end all is zero.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : left_(reinterpret_cast<const char*>(data), size) {}

  template <typename T>
  requires std::is_trivially_copyable_v<T> T take() {
    T value{};
    const std::size_t size = std::min(sizeof value, left_.size());
    if (size > 0) std::memcpy(&value, left_.data(), size);
    left_.remove_prefix(size);
    return value;
  }
  /// Up to `end`, which is taken away, too.
  std::string_view take_until(char end) {
    const std::string_view taken = left_.substr(0, left_.find(end));
    left_.remove_prefix(std::min(taken.size() + 1, left_.size()));
    return taken;
  }
  [[nodiscard]] std::string_view rest() const { return left_; }
  [[nodiscard]] bool empty() const { return left_.empty(); }

 private:
  std::string_view left_;
};

}  // namespace ipcgrade::fuzz
