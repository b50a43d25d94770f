// The commands of `explore`, held ready in one box: what supervise/holder.h is for the programs of
// a lab. Each run begins with the folder as it was.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "compile/build.h"
#include "compile/folder_copy.h"
#include "sandbox/error.h"
#include "sandbox/host.h"
#include "sandbox/policy.h"
#include "supervise/chooser.h"

namespace ipcgrade {

/// A command of `--run`, found.
struct FoundCommand {
  std::string name;                ///< in reports; no two have the same
  std::string path;                ///< in the box
  std::vector<std::string> words;  ///< with the name that it is called by
};

struct CommandsSpec {
  const sandbox::Host& host;
  sandbox::Limits limits;
  const FolderCopy& folder;
  const std::vector<FoundCommand>& commands;  ///< of the scenario's starts, in their order
  const std::vector<Program>& programs;       ///< put into /programs
  std::chrono::nanoseconds stall{};  ///< how long tasks may stand still in a run, all together
  int core = 0;                      ///< as in HoldSpec
};

/// For one thread, the one that opened it.
class HeldCommands {
 public:
  /// `spec.folder` and `scenario` must outlive it. An error is the machine's or ours.
  [[nodiscard]] static sandbox::Expected<std::unique_ptr<HeldCommands>> open(
      const CommandsSpec& spec, const Scenario& scenario);
  ~HeldCommands();

  /// The first of the commands that can't be loaded: no program for this machine, a library that
  /// is missing. -1: all can.
  [[nodiscard]] int unloadable() const;

  /// One run from the beginning. Equal choices give equal traces.
  [[nodiscard]] sandbox::Expected<Trace> run(Chooser& chooser, const RunOptions& options);

  [[nodiscard]] sandbox::Isolation isolation() const;

 private:
  struct Hold;
  explicit HeldCommands(std::unique_ptr<Hold> hold);
  std::unique_ptr<Hold> hold_;
};

}  // namespace ipcgrade
