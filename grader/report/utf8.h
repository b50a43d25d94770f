// UTF-8 decoding, strict: no overlong forms, no surrogates, nothing past U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
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

/// The beginning, of at most `most` bytes and whole code points.
[[nodiscard]] std::string_view beginning(std::string_view bytes, std::size_t most);

/// The same, with "..." where something is missing: for names in sentences.
[[nodiscard]] std::string shortened(std::string_view bytes, std::size_t most);

}  // namespace ipcgrade
