// A class as an archive: everything is written below one folder, and the same class twice is the
// same.
#include "batch/import.h"

#include <set>
#include <string>

#include "fuzz/fuzz.h"
#include "support/process.h"

namespace {

namespace fs = std::filesystem;
using namespace ipcgrade;
using fuzz::expect;

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

std::string summary_of(const sandbox::Expected<Import>& import) {
  if (!import) return import.error().text();
  std::string text;
  for (const Imported& one : import->handins) text += one.handin.key + " " + one.digest + "\n";
  for (const Unmatched& one : import->unmatched) text += one.name + " " + one.reason + "\n";
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::string> programs{"server", "client"};
  // Far enough down that what leads out of it can be seen.
  const test::TemporaryFolder top;
  const std::string bytes(fuzz::Input(data, size).rest());
  top.write("a/b/class.zip", bytes);
  const fs::path work = top / "a/b/work";
  const auto import = import_handins(top / "a/b/class.zip", work / "files", programs);
  expect(names_in(top.path()) == std::set<std::string>{"a"} &&
             names_in(top / "a") == std::set<std::string>{"b"},
         "nothing is written elsewhere");
  for (const std::string& name : names_in(top / "a/b")) {
    expect(name == "class.zip" || name == "work", "nothing is written beside the folder");
  }
  expect(test::contents(top / "a/b/class.zip") == bytes, "what was handed out stays as it is");
  if (import) {
    expect(!import->handins.empty(), "a class has hand-ins");
    std::set<std::string> keys;
    for (const Imported& one : import->handins) {
      expect(keys.insert(one.handin.key).second, "no two hand-ins have one key");
      const std::string folder = fs::weakly_canonical(one.folder).string();
      expect(folder.starts_with(fs::canonical(top / "a/b").string() + "/"),
             "a hand-in is below the folder");
      expect(one.digest.size() == 64, "a hand-in has a digest");
    }
    for (const auto& entry : fs::recursive_directory_iterator(work)) {
      const fs::file_type type = entry.symlink_status().type();
      expect(type == fs::file_type::regular || type == fs::file_type::directory,
             "only files and folders are made");
    }
  }
  const auto again = import_handins(top / "a/b/class.zip", work / "files", programs);
  expect(summary_of(again) == summary_of(import), "the same class is the same again");
  return 0;
}
