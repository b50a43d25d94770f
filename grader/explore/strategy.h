// Which orders of a scenario are run: one file a strategy. A strategy gives a chooser for each run
// and learns from its trace, so that several of its runs can go on at once, each with a worker of
// its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "supervise/chooser.h"

namespace ipcgrade {

/// REQUIRES: start and learn are not called at the same time. The choosers that start gave may be
/// used by other threads meanwhile, each by one; they live no longer than their strategy.
///
/// What a chooser does depends on the strategy's seed, the run's number and what was learnt before
/// start, and on nothing else: where runs are started and learnt in the same batches, the result
/// is the same with any number of workers.
class Strategy {
 public:
  virtual ~Strategy() = default;

  /// The chooser of run number `run`, counted from 0 by the strategy's user; nothing where there
  /// is none to be made before those that are under way have been learnt.
  [[nodiscard]] virtual std::unique_ptr<Chooser> start(std::uint64_t run) = 0;

  /// How a run that was started came out. In the order of their starts, each once.
  virtual void learn(std::uint64_t run, const Trace& trace) = 0;

  /// Every order that it could ever choose was run: start gives nothing any more.
  [[nodiscard]] virtual bool exhausted() const = 0;

  [[nodiscard]] virtual std::string_view name() const = 0;
};

/// How many of a decision's choices can be taken.
[[nodiscard]] std::size_t enabled_count(const Trace& trace, const Decision& decision);

/// At how many decisions of a run more than one could be taken: the only steps that count for how
/// large a search is.
[[nodiscard]] std::size_t contended_decisions(const Trace& trace);

}  // namespace ipcgrade
