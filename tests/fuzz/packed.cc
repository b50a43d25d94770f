// What a batch keeps as CBOR: read and written again, it is the same.
#include <string>

#include "batch/pack.h"
#include "fuzz/fuzz.h"

namespace {

template <typename Read>
void check(std::string_view bytes, Read read) {
  const auto first = read(bytes);
  if (!first) return;
  const std::string again = ipcgrade::packed(*first);
  const auto second = read(again);
  ipcgrade::fuzz::expect(second && ipcgrade::packed(*second) == again,
                         "what is kept is read as the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = ipcgrade::fuzz::Input(data, size).rest();
  check(bytes, ipcgrade::unpacked_grades);
  check(bytes, ipcgrade::unpacked_imported);
  check(bytes, ipcgrade::unpacked_origin);
  return 0;
}
