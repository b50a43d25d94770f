// A zip file, made in memory.
#pragma once

#include <memory>
#include <string>

#include "sandbox/error.h"

struct archive;

namespace ipcgrade {

/// The same files in the same order give the same bytes: all of them are of 1 January 2000.
class ZipWriter {
 public:
  ZipWriter();

  /// `name`: UTF-8, with '/' between its parts. Libarchive's own error, or of memory.
  [[nodiscard]] sandbox::Expected<void> add(const std::string& name, const std::string& bytes,
                                            bool executable);
  /// All of it. Nothing can be added after that.
  [[nodiscard]] sandbox::Expected<std::string> finish();

 private:
  [[nodiscard]] sandbox::Expected<void> trouble() const;

  // Behind a pointer of its own: libarchive keeps its address.
  std::unique_ptr<std::string> bytes_;
  std::unique_ptr<archive, int (*)(archive*)> archive_;
};

}  // namespace ipcgrade
