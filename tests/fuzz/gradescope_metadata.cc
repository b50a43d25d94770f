// submission_metadata.yml, in which students' names are.
#include <string>

#include "batch/match.h"
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ipcgrade;
  const auto metadata = parse_gradescope_metadata(std::string(fuzz::Input(data, size).rest()));
  if (!metadata) {
    fuzz::expect(!metadata.error().text().empty(), "who is refused hears why");
    return 0;
  }
  const Matched matched = match_handins({{kGradescopeMetadata}}, *metadata, {});
  fuzz::expect(matched.unmatched.size() == metadata->size(), "who has no folder is told");
  return 0;
}
