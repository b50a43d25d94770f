// Archives that strangers made: no path leads out, there is no more than the limits, and what was
// read is the same from an archive of our own.
#include <string>
#include <vector>

#include "archives/read.h"
#include "archives/zip.h"
#include "fuzz/fuzz.h"
#include "report/escape.h"

namespace {

using namespace ipcgrade;
using fuzz::expect;

void check_path(const std::string& path) {
  expect(!path.empty() && path.front() != '/' && path.back() != '/', "a path is relative");
  const std::string all = "/" + path + "/";
  for (const char* bad : {"//", "/./", "/../"}) {
    expect(!all.contains(bad), "a path leads to one place");
  }
  expect(!path.contains('\0'), "a path is one for the system");
}

std::vector<ArchiveFile> files_of(std::string_view bytes, bool& is_whole) {
  constexpr ArchiveLimits kLimits{.of_file = 1U << 16, .of_all = 1U << 18, .entries = 200};
  std::vector<ArchiveFile> files;
  std::size_t total = 0;
  std::size_t entries = 0;
  const auto count = [&] { expect(++entries <= kLimits.entries, "entries have a bound"); };
  const auto done =
      read_archive(bytes, kLimits,
                   {.take = [&](ArchiveFile file) -> sandbox::Expected<void> {
                      count();
                      check_path(file.path);
                      total += file.bytes.size();
                      expect(file.bytes.size() <= kLimits.of_file, "a file has a bound");
                      expect(total <= kLimits.of_all, "all files have a bound");
                      files.push_back(std::move(file));
                      return {};
                    },
                    .leave_out =
                        [&](const std::string&, const std::string& reason, bool) {
                          count();
                          expect(!reason.empty(), "what is left out is told");
                          is_whole = false;
                        },
                    .take_folder = [&](const std::string& path) -> sandbox::Expected<void> {
                      count();
                      check_path(path);
                      return {};
                    }});
  is_whole = is_whole && done.has_value();
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::Input(data, size).rest();
  bool is_whole = true;
  const std::vector<ArchiveFile> files = files_of(bytes, is_whole);
  if (!is_whole) return 0;
  ZipWriter zip;
  for (const ArchiveFile& file : files) {
    if (valid_utf8(file.path) != file.path) return 0;  // which our own archive has not
    expect(zip.add(file.path, file.bytes, file.executable).has_value(), "a file can be added");
  }
  const auto made = zip.finish();
  expect(made.has_value(), "an archive can be made");
  if (files.empty()) return 0;
  const std::vector<ArchiveFile> again = files_of(*made, is_whole);
  expect(is_whole && again.size() == files.size(), "our own archive has the same files");
  for (std::size_t i = 0; i < files.size(); ++i) {
    expect(again[i].bytes == files[i].bytes, "our own archive has the same bytes");
    expect(again[i].executable == files[i].executable, "our own archive has the same permissions");
  }
  return 0;
}
