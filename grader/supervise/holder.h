// Holds the programs of one scenario ready, and makes held runs of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "assignment/assignment.h"
#include "compile/build.h"
#include "compile/folder_copy.h"
#include "sandbox/box.h"
#include "sandbox/policy.h"
#include "supervise/chooser.h"

namespace ipcgrade {

/// How a start of the scenario is called.
struct StartCommand {
  std::string name;                ///< in reports; no two have the same
  std::string path;                ///< in the box
  std::vector<std::string> words;  ///< with the name that it is called by
};

struct HoldSpec {
  const sandbox::Host& host;
  const Assignment& assignment;
  const sandbox::Policy& policy;
  const std::vector<Program>& programs;  ///< put into /programs
  int stop = -1;                         ///< as in sandbox::BoxSpec
  int core = 0;  ///< tasks and supervisor run on this one: a stop costs a tenth of that across two
  /// Of the scenario's starts, in their order; none: the programs in /programs, with the scenario's
  /// arguments.
  std::vector<StartCommand> commands{};
  const FolderCopy* folder = nullptr;  ///< what the current folder begins each run with; or empty
  std::chrono::nanoseconds start_window{std::chrono::seconds(10)};  ///< as in HeldScenario
  std::chrono::nanoseconds stall_bound{std::chrono::seconds(5)};    ///< likewise
  std::string language = "C.UTF-8";                                 ///< LANG
};

/// What the spec names has to outlive it. For one thread, the one that opened it: the kernel knows
/// a tracer by its thread.
class Holder {
 public:
  /// An error is the machine's or ours.
  [[nodiscard]] static sandbox::Expected<std::unique_ptr<Holder>> open(const HoldSpec& spec,
                                                                       const Scenario& scenario);
  ~Holder();

  /// The first of the commands that can't be loaded: no program for this machine, a library that
  /// is missing. -1: all can.
  [[nodiscard]] int unloadable() const;

  /// One run from the beginning. Equal choices give equal traces.
  [[nodiscard]] sandbox::Expected<Trace> run(Chooser& chooser, const RunOptions& options);

  [[nodiscard]] sandbox::Isolation isolation() const;

 private:
  struct Hold;
  Holder(const HoldSpec& spec, const Scenario& scenario, std::unique_ptr<Hold> hold);
  [[nodiscard]] static sandbox::Expected<std::unique_ptr<Hold>> make(const HoldSpec& spec,
                                                                     const Scenario& scenario);

  HoldSpec spec_;
  Scenario scenario_;
  std::unique_ptr<Hold> hold_;  ///< nothing: it has to be made anew
  sandbox::Isolation isolation_;
};

}  // namespace ipcgrade
