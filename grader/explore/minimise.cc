#include "explore/minimise.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "explore/replay_strategy.h"
#include "explore/token.h"

namespace ipcgrade {
namespace {

/// Some steps of one actor without a switch.
struct Block {
  Actor actor;
  std::size_t steps = 0;
};

std::vector<Block> blocks_of(const std::vector<Actor>& actors) {
  std::vector<Block> blocks;
  for (const Actor& actor : actors) {
    if (blocks.empty() || blocks.back().actor != actor) blocks.push_back({actor, 0});
    ++blocks.back().steps;
  }
  return blocks;
}

std::vector<Actor> actors_of_blocks(const std::vector<Block>& blocks) {
  std::vector<Actor> actors;
  for (const Block& block : blocks) actors.insert(actors.end(), block.steps, block.actor);
  return actors;
}

std::uint64_t fingerprint_of(const std::vector<Actor>& actors) {
  Fingerprint fingerprint;
  for (const Actor& actor : actors) {
    fingerprint.add(std::uint64_t{actor.task});
    fingerprint.add(static_cast<std::uint64_t>(actor.kind));
  }
  return fingerprint.value();
}

class Minimiser {
 public:
  Minimiser(const Runner& runner, const Schedule& schedule,
            const std::function<bool(const Trace&)>& fails, const MinimiseBounds& bounds)
      : runner_(runner), fails_(fails), bounds_(bounds) {
    options_ = options_of(schedule);
    best_.schedule = schedule;
  }

  sandbox::Expected<Minimised> minimise() {
    ReplayChooser as_given(best_.schedule);
    auto trace = run(as_given);
    if (!trace) return std::unexpected(trace.error());
    if (!fails_(*trace)) {
      best_ = {};
      best_.runs = runs_;
      return std::move(best_);
    }
    accept(std::move(*trace));
    best_.reproduced = true;
    while (!is_over() && (drop_deviations() || merge_blocks() || swap_neighbours())) {
    }
    if (error_) return std::unexpected(*error_);
    best_.runs = runs_;
    return std::move(best_);
  }

 private:
  [[nodiscard]] bool is_over() const {
    return error_.has_value() || runs_ >= bounds_.runs || events_ >= bounds_.events ||
           bounds_.stop();
  }

  sandbox::Expected<Trace> run(Chooser& chooser) {
    ++runs_;
    auto trace = runner_(chooser, options_);
    if (trace) events_ += effort_of(*trace);
    return trace;
  }

  void accept(Trace trace) {
    best_.schedule.deviations = deviations_of(trace);
    best_.switches = switches_of(trace);
    // What is so much longer than the shortest known is not the shorter story.
    options_.most_events = 2 * trace.events.size() + 1'000;
    best_.trace = std::move(trace);
    tried_.clear();
  }

  // Whether the chooser's run fails, too, and is shorter to tell; it is the best one then.
  bool improves(Chooser& chooser) {
    if (is_over()) return false;
    auto trace = run(chooser);
    if (!trace) {
      error_ = trace.error();
      return false;
    }
    const auto effort = std::pair(switches_of(*trace), deviations_of(*trace).size());
    if (effort >= std::pair(best_.switches, best_.schedule.deviations.size())) return false;
    if (!fails_(*trace)) return false;
    accept(std::move(*trace));
    return true;
  }

  // Delta debugging (Zeller, Hildebrandt: TSE'02), from halves of the list down to single ones.
  bool drop_deviations() {
    bool dropped = false;
    std::size_t size = std::max<std::size_t>(best_.schedule.deviations.size() / 2, 1);
    for (;; size = std::max<std::size_t>(size / 2, 1)) {
      std::size_t at = 0;
      while (at < best_.schedule.deviations.size() && !is_over()) {
        Schedule fewer = best_.schedule;
        const auto first = fewer.deviations.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t count = std::min(size, fewer.deviations.size() - at);
        fewer.deviations.erase(first, first + static_cast<std::ptrdiff_t>(count));
        ReplayChooser chooser(std::move(fewer));
        if (improves(chooser)) {
          dropped = true;
        } else {
          at += count;
        }
      }
      if (size == 1 || is_over()) return dropped;
    }
  }

  // Brings a block to its actor's block before, or that one to it: two switches fewer, where the
  // steps between allow it.
  bool merge_blocks() {
    const std::vector<Block> blocks = blocks_of(actors_to_follow(best_.trace));
    for (std::size_t later = blocks.size(); later-- > 2 && !is_over();) {
      std::size_t earlier = later;
      while (earlier-- > 0 && blocks[earlier].actor != blocks[later].actor) {
      }
      if (earlier >= later) continue;
      if (try_moved(blocks, later, earlier + 1) || try_moved(blocks, earlier, later - 1)) {
        return true;
      }
    }
    return false;
  }

  bool try_moved(std::vector<Block> blocks, std::size_t from, std::size_t to) {
    const Block moved = blocks[from];
    blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(from));
    blocks.insert(blocks.begin() + static_cast<std::ptrdiff_t>(to), moved);
    return try_blocks(blocks);
  }

  // Two neighbours in the other order: what was between an actor's blocks may be gone then.
  bool swap_neighbours() {
    const std::vector<Block> blocks = blocks_of(actors_to_follow(best_.trace));
    for (std::size_t i = 0; i + 1 < blocks.size() && !is_over(); ++i) {
      std::vector<Block> swapped = blocks;
      std::swap(swapped[i], swapped[i + 1]);
      if (try_blocks(swapped)) return true;
    }
    return false;
  }

  bool try_blocks(const std::vector<Block>& blocks) {
    std::vector<Actor> actors = actors_of_blocks(blocks);
    if (!tried_.insert(fingerprint_of(actors)).second) return false;
    GuidedChooser chooser(std::move(actors));
    return improves(chooser);
  }

  const Runner& runner_;
  RunOptions options_;
  const std::function<bool(const Trace&)>& fails_;
  const MinimiseBounds& bounds_;
  std::size_t runs_ = 0;
  std::size_t events_ = 0;
  std::optional<sandbox::Error> error_;
  std::set<std::uint64_t> tried_;  ///< fingerprints, since the best one was found
  Minimised best_;
};

}  // namespace

sandbox::Expected<Minimised> minimise(const Runner& runner, const Schedule& schedule,
                                      const std::function<bool(const Trace&)>& fails,
                                      const MinimiseBounds& bounds) {
  return Minimiser(runner, schedule, fails, bounds).minimise();
}

}  // namespace ipcgrade
