// The wording that belongs to a kind of finding, in one place for all reports.
#pragma once

#include <string_view>

#include "assignment/kind.h"

namespace ipcgrade {

struct CatalogueEntry {
  std::string_view title;        ///< a few words: "an IPC object was left behind"
  std::string_view explanation;  ///< what that means, and how it comes: a few sentences
  std::string_view hint;         ///< what to try, where a finding has nothing better to say
};

[[nodiscard]] CatalogueEntry catalogue_entry(Kind kind);

}  // namespace ipcgrade
