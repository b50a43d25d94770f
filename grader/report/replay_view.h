// A held run as a screen, one step at a time: where each process stands, in the source, and the
// values that were moved last.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/run_steps.h"
#include "report/text.h"
#include "trace/trace.h"

namespace ipcgrade {

struct ReplayViewOptions {
  bool color = false;
  int width = 80;   ///< columns
  int height = 24;  ///< lines
  FindSourceLine source_line;
};

class ReplayView {
 public:
  /// REQUIRES: the trace outlives it, and run_steps() of it are not empty.
  ReplayView(const Trace& trace, ReplayViewOptions options);

  [[nodiscard]] std::size_t steps() const { return steps_.size(); }
  /// The next step of another task; the last step where there is none.
  [[nodiscard]] std::size_t next_switch(std::size_t step) const;
  /// Once that step is done. At most `height` lines, none of them longer than `width` columns, each
  /// with a newline. REQUIRES: step < steps().
  [[nodiscard]] std::string screen(std::size_t step) const;

 private:
  const Trace& trace_;
  ReplayViewOptions options_;
  std::vector<RunStep> steps_;
};

}  // namespace ipcgrade
