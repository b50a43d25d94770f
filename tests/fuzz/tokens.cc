// Schedule tokens: what is read and written again is the same. The first byte says whether the rest
// is a token's text; else it is what a token has between its length and its checksum, so that those
// are right.
#include <string>
#include <vector>

#include "explore/token.h"
#include "fuzz/fuzz.h"

namespace {

std::string sealed(std::string_view body) {
  std::vector<std::uint8_t> bytes{1};
  for (std::size_t left = body.size(); true; left >>= 7) {
    bytes.push_back(static_cast<std::uint8_t>((left & 0x7f) | (left >= 0x80 ? 0x80 : 0)));
    if (left < 0x80) break;
  }
  for (const char one : body) bytes.push_back(static_cast<std::uint8_t>(one));
  std::uint32_t crc = 0xffffffffU;  // ISO 3309
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
  }
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(~crc >> (8 * i)));
  std::string text;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  const auto add = [&](std::uint32_t digit) {
    text += "0123456789abcdefghjkmnpqrstvwxyz"[digit & 31];
  };
  for (const std::uint8_t byte : bytes) {
    pending = (pending << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) add(pending >> (bits - 5));
  }
  if (bits > 0) add(pending << (5 - bits));
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ipcgrade;
  using fuzz::expect;
  fuzz::Input input(data, size);
  const bool is_body = input.take<std::uint8_t>() == 0;
  const std::string text = is_body ? sealed(input.rest()) : std::string(input.rest());
  const auto token = decode(text);
  if (!token) {
    expect(!token.error().message.empty(), "who is refused hears why");
    expect(!is_body || token.error().fault == TokenFault::kDamaged, "a sealed token is no typo");
    return 0;
  }
  const std::string again = encode(*token);
  const auto read = decode(again);
  expect(read && *read == *token, "what is written again is read as the same");
  expect(
      !is_body || sealed(input.rest()) ==
                      [&] {
                        std::string plain = again;
                        std::erase(plain, '-');
                        return plain;
                      }(),
      "an order has one token");
  return 0;
}
