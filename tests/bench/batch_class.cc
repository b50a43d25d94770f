// A class graded by batch, against its hand-ins graded one by one: batch_class PROGRAM SOURCES [N].
// The ratio is how much longer the batch takes than the sum of the parts over the cores; 1 is best.
#include <fmt/format.h>
#include <sched.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "../support/process.h"

namespace {

namespace fs = std::filesystem;
using ipcgrade::test::run;
using Seconds = std::chrono::duration<double>;

double seconds_of(const std::vector<std::string>& words) {
  const auto begin = std::chrono::steady_clock::now();
  (void)run(words);
  return Seconds(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: batch_class PROGRAM SOURCES [HAND-INS]\n");
    return 2;
  }
  const std::string program = argv[1];
  const fs::path corpus = fs::path(argv[2]) / "tests/corpus/shared-memory";
  const std::size_t count = argc > 3 ? std::stoul(argv[3]) : 24;
  const ipcgrade::test::TemporaryFolder folder;

  // Of all sorts, each with a comment of its own, so that none is the same as another.
  std::vector<fs::path> cases;
  for (const char* sort : {"correct", "wrong"}) {
    for (const auto& one : fs::directory_iterator(corpus / sort)) {
      if (one.is_directory()) cases.push_back(one.path());
    }
  }
  std::ranges::sort(cases);
  std::vector<fs::path> hand_ins;
  for (std::size_t i = 0; i < count; ++i) {
    const fs::path to = folder / fmt::format("class/student-{:03}", i);
    fs::create_directories(to.parent_path());
    fs::copy(cases[i * 7 % cases.size()], to, fs::copy_options::recursive);
    for (const auto& one : fs::directory_iterator(to)) {
      const std::string ending = one.path().extension();
      if (ending == ".c" || ending == ".cc" || ending == ".cpp") {
        std::ofstream(one.path(), std::ios::app) << "\n/* " << i << " */\n";
      }
    }
    hand_ins.push_back(to);
  }

  cpu_set_t set;
  ::sched_getaffinity(0, sizeof set, &set);
  const int cores = CPU_COUNT(&set);
  double parts = 0;
  for (const fs::path& one : hand_ins) {
    parts += seconds_of({program, "check", "-q", "--jobs", "1", "shared-memory", one});
  }
  const double whole = seconds_of(
      {program, "batch", "-q", "shared-memory", folder / "class", "--out", folder / "out"});
  const double again = seconds_of(
      {program, "batch", "-q", "shared-memory", folder / "class", "--out", folder / "out"});
  fmt::print("{} hand-ins on {} cores\n", count, cores);
  fmt::print("one by one           {:8.1f} s\n", parts);
  fmt::print("batch                {:8.1f} s   {:.2f} of the sum over the cores\n", whole,
             whole * cores / parts);
  fmt::print("nothing has changed  {:8.1f} s   {:.3f}\n", again, again * cores / parts);
  return 0;
}
