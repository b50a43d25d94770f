#include "run/full_speed_runs.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

namespace ipcgrade {

using sandbox::Expected;

FullSpeedRuns::FullSpeedRuns(const RunSpec& spec, std::size_t at_once)
    : spec_(spec), slots_(spec.assignment.scenarios.size()) {
  for (Slot& slot : slots_) {
    auto made = make_slot();
    if (made) {
      slot = std::move(*made);
    } else {
      slot.run.emplace(std::unexpected(made.error()));
    }
  }
  while (threads_.size() < std::min(at_once, slots_.size())) {
    try {
      threads_.emplace_back([this](const std::stop_token& stop) { make_runs(stop); });
    } catch (const std::system_error&) {
      if (threads_.empty()) throw;
      break;  // fewer do, too
    }
  }
}

FullSpeedRuns::~FullSpeedRuns() {
  for (std::jthread& thread : threads_) thread.request_stop();
  for (std::size_t i = 0; i < slots_.size(); ++i) cut(i);
}

Expected<FullSpeedRuns::Slot> FullSpeedRuns::make_slot() const {
  Slot slot;
  slot.cut = sandbox::Fd(::eventfd(0, EFD_CLOEXEC));
  slot.stop = sandbox::Fd(::epoll_create1(EPOLL_CLOEXEC));
  for (const int fd : {slot.cut.get(), spec_.stop}) {
    epoll_event readable{.events = EPOLLIN, .data = {}};
    if (fd == -1 && fd == spec_.stop) continue;
    if (::epoll_ctl(slot.stop.get(), EPOLL_CTL_ADD, fd, &readable) != 0) {
      return std::unexpected(sandbox::Error{"watch for a stop", errno});
    }
  }
  return slot;
}

Expected<const FullSpeedRuns::Run*> FullSpeedRuns::wait(
    std::size_t scenario, std::optional<std::chrono::milliseconds> most) {
  Slot& slot = slots_[scenario];
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return slot.began || slot.run; });
  const auto over = [&] { return slot.run.has_value(); };
  if (!most) {
    changed_.wait(lock, over);
  } else if (!slot.run && !changed_.wait_until(lock, *slot.began + *most, over)) {
    return nullptr;
  }
  if (!*slot.run) return std::unexpected(slot.run->error());
  return &**slot.run;
}

void FullSpeedRuns::cut(std::size_t scenario) {
  if (slots_[scenario].cut) (void)::eventfd_write(slots_[scenario].cut.get(), 1);
}

void FullSpeedRuns::make_runs(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (next_ < slots_.size() && !stop.stop_requested()) {
    const std::size_t scenario = next_++;
    Slot& slot = slots_[scenario];
    if (slot.run || !spec_.assignment.scenarios[scenario].signals.empty()) continue;
    slot.began = std::chrono::steady_clock::now();
    changed_.notify_all();
    lock.unlock();
    Expected<Run> run = made_or_why_not(scenario);
    lock.lock();
    slot.run.emplace(std::move(run));
    changed_.notify_all();
  }
}

Expected<FullSpeedRuns::Run> FullSpeedRuns::made_or_why_not(std::size_t index) const {
  try {
    return make(index);
  } catch (const std::bad_alloc&) {
    return std::unexpected(sandbox::Error{"run at full speed", ENOMEM});
  } catch (const std::system_error& error) {
    return sandbox::failure(error.what());
  }
}

Expected<FullSpeedRuns::Run> FullSpeedRuns::make(
    std::size_t index, std::optional<std::chrono::milliseconds> most) const {
  Scenario scenario = spec_.assignment.scenarios[index];
  if (most && *most < scenario.wall) scenario.wall = *most;
  Run run;
  const RunSpec spec{spec_.host, spec_.assignment, spec_.policy, spec_.programs,
                     slots_[index].stop.get()};
  auto trace = run_at_full_speed(spec, scenario, run.isolation);
  if (!trace) return std::unexpected(trace.error());
  run.trace = std::move(*trace);
  return run;
}

}  // namespace ipcgrade
