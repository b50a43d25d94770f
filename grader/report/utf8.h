// UTF-8 decoding, strict: no overlong forms, no surrogates, nothing past U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace ipcgrade {

struct CodePoint {
  char32_t value = 0;      ///< the byte itself where it is not valid
  std::size_t length = 1;  ///< in bytes
  bool valid = false;
};

/// The code point at the start of `bytes`. REQUIRES: not empty.
[[nodiscard]] CodePoint decode_utf8(std::string_view bytes);

/// Bytes from `position` on to the next place where a code point may start; at most three.
[[nodiscard]] std::size_t to_boundary(std::string_view bytes, std::size_t position);

}  // namespace ipcgrade
