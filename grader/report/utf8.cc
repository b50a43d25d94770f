#include "report/utf8.h"

#include <algorithm>

namespace ipcgrade {
namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

struct Form {
  std::size_t length;
  char32_t bits;   // of the first byte
  char32_t least;  // smaller values have a shorter form
};

Form form_of(unsigned char first) {
  if (first < 0x80) return {1, first, 0};
  if ((first & 0xE0) == 0xC0) return {2, first & 0x1FU, 0x80};
  if ((first & 0xF0) == 0xE0) return {3, first & 0x0FU, 0x800};
  if ((first & 0xF8) == 0xF0) return {4, first & 0x07U, 0x10000};
  return {0, 0, 0};
}

}  // namespace

CodePoint decode_utf8(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  const CodePoint invalid{first, 1, false};
  const Form form = form_of(first);
  if (form.length == 0 || form.length > bytes.size()) return invalid;
  char32_t value = form.bits;
  for (const char byte : bytes.substr(1, form.length - 1)) {
    if (!is_continuation(byte)) return invalid;
    value = value << 6 | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < form.least || value > 0x10FFFF || surrogate) return invalid;
  return {value, form.length, true};
}

std::size_t to_boundary(std::string_view bytes, std::size_t position) {
  const std::size_t furthest = std::min(bytes.size(), position + 3);
  std::size_t at = position;
  while (at < furthest && is_continuation(bytes[at])) ++at;
  return at - position;
}

std::string_view beginning(std::string_view bytes, std::size_t most) {
  if (bytes.size() <= most) return bytes;
  std::size_t end = most;
  while (end > 0 && is_continuation(bytes[end])) --end;
  return bytes.substr(0, end);
}

std::string shortened(std::string_view bytes, std::size_t most) {
  const std::string_view first = beginning(bytes, most);
  return std::string(first) + (first.size() < bytes.size() ? "..." : "");
}

}  // namespace ipcgrade
