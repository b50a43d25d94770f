// Runs the grader on a machine in trouble, as faults.cc plays it.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <new>
#include <set>
#include <string>
#include <vector>

#include "../process.h"
#include "faults.h"

namespace ipcgrade::test {

/// Which calls are to fail, and how. Unless told otherwise, none.
struct Fault {
  Faulty function = Faulty::none;
  int error_number = 0;
  std::uint64_t first = 1;
  std::uint64_t last = first;
  int signal = 0;
  std::int64_t jump = 0;

  [[nodiscard]] std::string text() const {
    if (function == Faulty::none) return "no fault";
    const char* error = ::strerrorname_np(error_number);
    return std::string(kFaultyNames[static_cast<std::size_t>(function)]) + " fails with " +
           (error == nullptr ? "0" : error) + " from call " + std::to_string(first) + " to " +
           std::to_string(last);
  }
};

struct RanWithFaults : Ran {
  std::uint64_t failed = 0;               ///< calls that were made to fail
  std::map<Faulty, std::uint64_t> calls;  ///< how often what was called, in all processes
  std::set<int> makers;                   ///< see Faults
};

/// The memory that the grader's processes map, too.
class FaultsFile {
 public:
  FaultsFile(const std::filesystem::path& path, const Fault& fault) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (::ftruncate(file, sizeof(Faults)) != 0) throw std::bad_alloc();
    void* memory = ::mmap(nullptr, sizeof(Faults), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    faults_ = new (memory) Faults{.function = fault.function,
                                  .first = fault.first,
                                  .last = fault.last,
                                  .error_number = fault.error_number,
                                  .signal = fault.signal,
                                  .jump = fault.jump};
  }
  ~FaultsFile() { ::munmap(faults_, sizeof(Faults)); }
  FaultsFile(const FaultsFile&) = delete;
  FaultsFile& operator=(const FaultsFile&) = delete;
  const Faults* operator->() const { return faults_; }

 private:
  Faults* faults_;
};

/// Runs it to its end: `words` begin with the grader's path. `temporary`: its TMPDIR. Whoever hangs
/// is ended after a minute, with status 124 (timeout(1)).
inline RanWithFaults run_with(const Fault& fault, std::vector<std::string> words,
                              const std::filesystem::path& temporary) {
  const TemporaryFolder folder;
  const FaultsFile file(folder / "faults", fault);
  const std::vector<std::string> before{"timeout",
                                        "--kill-after=5",
                                        "60",
                                        "env",
                                        "LD_PRELOAD=" IPCGRADE_FAULTS_LIBRARY,
                                        "IPCGRADE_FAULTS=" + (folder / "faults").string(),
                                        "TMPDIR=" + temporary.string()};
  words.insert(words.begin(), before.begin(), before.end());
  RanWithFaults ran{run(words), file->failed, {}, {}};
  for (const auto& maker : file->makers) ran.makers.insert(maker);
  for (std::size_t i = 0; i < kFaultyNames.size(); ++i) {
    if (const std::uint64_t calls = file->calls[i]) ran.calls[static_cast<Faulty>(i)] = calls;
  }
  return ran;
}

}  // namespace ipcgrade::test
