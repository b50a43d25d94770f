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

/// For one thread, the one that opened it: the kernel knows a tracer by its thread.
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
  explicit Holder(std::unique_ptr<Hold> hold);
  std::unique_ptr<Hold> hold_;
};

}  // namespace ipcgrade
