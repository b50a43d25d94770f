#include "assignment/visibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "assignment/did_you_mean.h"

namespace ipcgrade {

std::string read_visibility(const TableReader& reader, std::string_view key) {
  constexpr std::array<std::string_view, 4> kWords{"hidden", "after_due_date", "after_published",
                                                   "visible"};
  const auto word = reader.text(key, Need::kOptional);
  if (!word) return "";
  if (std::ranges::find(kWords, *word) != kWords.end()) return *word;
  reader.reject(key, fmt::format("unknown visibility {}", in_quotes(*word)),
                did_you_mean(*word, kWords));
  return "";
}

}  // namespace ipcgrade
