// Names in what platforms hand out, a line each; one that ends in '/' is a folder. Nobody's hand-in
// is lost without a word, and nobody's is written over another's.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "batch/class_root.h"
#include "batch/match.h"
#include "compile/lower_case.h"
#include "fuzz/fuzz.h"

namespace {

using namespace ipcgrade;
using fuzz::expect;

void check_handins(const std::vector<InputEntry>& entries, const Matched& matched) {
  std::set<std::string> keys;
  std::set<std::string> told;
  for (const Handin& one : matched.handins) {
    expect(!one.parts.empty(), "a hand-in has something in it");
    expect(!one.key.empty() && one.key.size() <= 200, "a key is fit for a file's name");
    expect(
        one.key.find_first_of(std::string("/\\\0\n", 4)) == std::string::npos && one.key[0] != '.',
        "a key is one name");
    expect(keys.insert(lower_case(one.key)).second, "no two hand-ins have one key");
    for (const Handin::Part& part : one.parts) told.insert(part.entry);
    for (const std::string& note : one.notes) {
      const std::size_t end = note.find(" is older than ");
      if (end != std::string::npos) told.insert(note.substr(0, end));
    }
  }
  for (const Unmatched& one : matched.unmatched) told.insert(one.name);
  for (const InputEntry& one : entries) {
    const bool is_known = is_litter(one.name) || one.name == kGradescopeMetadata;
    expect(is_known || told.contains(one.name) || one.name.contains(" is older than "),
           "each name is taken, or told");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::string> programs{"server", "client"};
  std::vector<InputEntry> entries;
  std::vector<std::string> paths;
  std::set<std::string> names;
  for (fuzz::Input input(data, size); !input.empty();) {
    std::string name(input.take_until('\n'));
    if (name.empty() || name.contains('\0')) continue;
    paths.push_back(name);
    const bool is_folder = name.ends_with('/');
    if (is_folder) name.pop_back();
    const bool is_name =
        !name.empty() && name.size() <= 255 && !name.contains('/') && name != "." && name != "..";
    if (is_name && names.insert(name).second) entries.push_back({name, is_folder, is_folder});
  }
  GradescopeMetadata metadata;
  for (const InputEntry& one : entries) {
    if (one.name.starts_with("submission_")) metadata[one.name] = {{"A. Name", "1", "a@b"}};
  }
  check_handins(entries, match_handins(entries, metadata, programs));
  const ClassRoot root = class_root(paths, programs);
  expect(root.problem.empty() || root.folder.empty(), "a problem comes without a folder");
  (void)why_several(paths, programs);
  return 0;
}
