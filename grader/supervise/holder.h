// Holds the programs of one scenario ready, and makes held runs of it.
#pragma once

#include <memory>
#include <vector>

#include "assignment/assignment.h"
#include "compile/build.h"
#include "sandbox/box.h"
#include "sandbox/policy.h"
#include "supervise/chooser.h"

namespace ipcgrade {

struct HoldSpec {
  const sandbox::Host& host;
  const Assignment& assignment;
  const sandbox::Policy& policy;
  const std::vector<Program>& programs;
  int stop = -1;  ///< as in sandbox::BoxSpec
  int core = 0;   ///< tasks and supervisor run on this one: a stop costs a tenth of that across two
};

/// What the spec names has to outlive it. For one thread, the one that opened it: the kernel knows a tracer by its thread.
class Holder {
 public:
  /// An error is the machine's or ours.
  [[nodiscard]] static sandbox::Expected<std::unique_ptr<Holder>> open(const HoldSpec& spec,
                                                                       const Scenario& scenario);
  ~Holder();

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
