// Breakpoints in a task's code.
#pragma once

#include <cstdint>
#include <vector>

#include "supervise/tracee.h"

namespace ipcgrade {

/// While one lives, a stopped task that is resumed stops before these instructions. Its code is
/// changed for that (not the debug registers are used, which some machines do not give): nobody
/// else may run it meanwhile, and it has to be stopped again, or gone, at the end.
class Breakpoints {
 public:
  Breakpoints(const Tracee& tracee, const std::vector<std::uint64_t>& addresses);
  ~Breakpoints() { clear(); }
  Breakpoints(const Breakpoints&) = delete;
  Breakpoints& operator=(const Breakpoints&) = delete;

  /// Whether this stop is for one of them; it then stands before the instruction, and there are no
  /// more breakpoints.
  [[nodiscard]] bool hit(const Stop& stop);

  [[nodiscard]] bool any() const { return !places_.empty(); }
  /// The stopped task's code is as it was. A process that it makes has a copy of that.
  void clear();

 private:
  struct Place {
    std::uint64_t address = 0;
    std::uint64_t first_byte = 0;
  };
  const Tracee& tracee_;
  std::vector<Place> places_;
};

}  // namespace ipcgrade
