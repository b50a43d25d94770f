// Memory that the threads of one process share. Nothing stops at it: the instrumented code tells of
// what it does there in a log, which is taken at each stop, so that it is known between which
// events of a thread it was done. What is to be watched stops them (RunOptions::watched).
#include "supervise/thread_log.h"

#include <fcntl.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "ipc/announced.h"
#include "ipc/kernel_buffers.h"
#include "runtime/hypercall.h"
#include "sandbox/files.h"
#include "supervise/held_run.h"

namespace ipcgrade {
namespace {

/// What the C library keeps of a thread lies where its thread pointer leads and above, at the end
/// of the memory that its stack is in. Source: glibc 2.36, nptl/allocatestack.c; sizeof(struct
/// pthread).
constexpr std::uint64_t kThreadDescriptor = 2304;

/// The mapping that `address` is in, up to there: where the stack of a thread begins, which is told
/// nowhere else.
std::optional<std::uint64_t> mapping_begin(pid_t pid, std::uint64_t address) {
  const std::string path = "/proc/" + std::to_string(pid) + "/maps";
  const auto text = sandbox::read_kernel_file(AT_FDCWD, path.c_str());
  if (!text) return std::nullopt;
  std::istringstream maps(*text);
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    char dash = 0;
    words >> std::hex >> begin >> dash >> end;
    if (words && begin <= address && address < end) return begin;
  }
  return std::nullopt;
}

}  // namespace

bool ThreadLog::add(const LoggedAccess& access) {
  if (access.task != task_ || access.before != before_ || access.does == 0) finish();
  task_ = access.task;
  before_ = access.before;
  Ranges& ranges = accesses_[{access.object, access.instruction, access.does, access.order}];
  std::uint64_t begin = access.begin;
  std::uint64_t end = access.end;
  auto one = ranges.upper_bound(begin);
  if (one != ranges.begin() && std::prev(one)->second >= begin) --one;
  if (one != ranges.end() && one->first <= begin && end <= one->second) return false;
  while (one != ranges.end() && one->first <= end) {
    begin = std::min(begin, one->first);
    end = std::max(end, one->second);
    one = ranges.erase(one);
  }
  ranges.emplace(begin, end);
  if (access.does == 0) finish();  // what comes after it is not what came before
  return true;
}

void ThreadLog::finish() {
  for (const auto& [key, ranges] : accesses_) {
    const auto [object, instruction, does, order] = key;
    for (const auto& [begin, end] : ranges) {
      is_full_ = is_full_ || into_.size() >= most_;
      if (is_full_) break;
      into_.push_back({before_, task_, does, order, object, begin, end, instruction});
    }
  }
  accesses_.clear();
}

/// Whether what orders its threads is known: not where it calls what does so unseen.
bool HeldRun::tells_of_threads(const HeldTask& one) {
  return one.hello && one.hello->instrumented != 0 && !one.image.orders_unseen;
}

/// Of a process that has a second thread now: `child`, on a stack that may have been another's.
void HeldRun::begin_log(const Task& child, std::uint64_t stack, std::uint64_t thread_pointer) {
  HeldTask& one = held(child);
  if (!one.hello) {
    trace_.threads_unseen = true;
    return;
  }
  Process& process = machine_.process_of(child);
  HeldTask& leader = held_[process.leader];
  std::uint32_t on = IPCGRADE_STOP_AT_ATOMICS;
  leader.logs = tells_of_threads(one);
  if (!leader.logs) trace_.threads_unseen = true;
  if (leader.logs) {
    on |= IPCGRADE_LOG_ON;
    IpcgradeWatch watch{};
    for (const Watched& range : options_.watched) {
      if (range.program != process.program || watch.count >= IPCGRADE_MOST_WATCHED) continue;
      watch.ranges[watch.count].begin = range.begin;
      watch.ranges[watch.count].end = range.end;
      ++watch.count;
    }
    process.watched.clear();
    for (std::size_t i = 0; i < watch.count; ++i) {
      process.watched.emplace_back(watch.ranges[i].begin, watch.ranges[i].end);
    }
    (void)private_memory(machine_, process);
    machine_.poke_value(child, one.hello->watch, watch);
    const auto viewing = stage_.box.as_viewer();
    if (const auto begin = mapping_begin(one.tracee.pid(), stack - 1)) {
      renew(child, *begin, std::max(stack, thread_pointer + kThreadDescriptor));
    }
  }
  machine_.poke_value(child, one.hello->log_switch, on);
}

/// Whatever is done to these bytes of its process from now on has nothing to do with what was.
void HeldRun::renew(const Task& task, std::uint64_t begin, std::uint64_t end) {
  Process& process = machine_.process_of(task);
  if (!held_[process.leader].logs || begin >= end) return;
  thread_log_.add({static_cast<EventId>(trace_.events.size()), task.id, 0, AccessOrder::kPlain,
                   private_memory(machine_, process), begin, end, 0});
}

/// Takes what the task's process has logged: all of it is the task's, which ran alone.
void HeldRun::take_log(const Task& task) {
  Process& process = machine_.process_of(task);
  HeldTask& one = held(task);
  if (!held_[process.leader].logs || !one.hello) return;
  const auto count = machine_.peek_value<std::uint32_t>(task, one.hello->log);
  constexpr std::size_t kMost = sizeof(IpcgradeLog::entries) / sizeof(IpcgradeLogEntry);
  if (!count || *count == 0 || *count > kMost) return;
  std::vector<IpcgradeLogEntry> entries(*count);
  if (!machine_.peek(task, one.hello->log + offsetof(IpcgradeLog, entries),
                     std::as_writable_bytes(std::span(entries)))) {
    return;
  }
  machine_.poke_value(task, one.hello->log, std::uint64_t{0});  // and how many were merged
  bool is_news = false;
  for (const IpcgradeLogEntry& entry : entries) {
    const std::uint64_t end = entry.address + entry.size;
    if (entry.access == IPCGRADE_ALLOCATES) {
      renew(task, entry.address, end);
      continue;
    }
    // Libraries have reasons of their own: their locks may not be seen.
    const bool own =
        entry.instruction >= one.image.program_begin && entry.instruction < one.image.program_end;
    constexpr std::uint8_t kVolatile = 1;  // beyond it: atomic, which stops by itself
    if (!own || entry.order > kVolatile || is_watched(process.program, entry.address, end) ||
        machine_.mapping_at(task, entry.address) != nullptr) {
      continue;
    }
    is_news |=
        thread_log_.add({static_cast<EventId>(trace_.events.size()), task.id,
                         entry.access == IPCGRADE_READS ? kReads : kWrites,
                         entry.order == kVolatile ? AccessOrder::kVolatile : AccessOrder::kPlain,
                         private_memory(machine_, process), entry.address, end, entry.instruction});
  }
  // A log that is not full is told of when very many were merged.
  one.in_vain = is_news ? 0 : one.in_vain + (*count == kMost ? kMost : IPCGRADE_MOST_MERGED);
}

/// What the kernel did with memory of the task's own process in the current event: reads before
/// what the call hands over, writes behind what it comes after.
void HeldRun::log_buffer(const Task& task, const Call& call, std::int64_t result) {
  Process& process = machine_.process_of(task);
  if (!held_[process.leader].logs) return;
  const auto buffer = buffer_of(call, result);
  if (!buffer || buffer->begin >= buffer->end) return;
  if (is_watched(process.program, buffer->begin, buffer->end) ||
      machine_.mapping_at(task, buffer->begin) != nullptr) {
    return;
  }
  thread_log_.add({machine_.event_id() + (buffer->written ? 1U : 0U), task.id,
                   buffer->written ? kWrites : kReads, AccessOrder::kPlain,
                   private_memory(machine_, process), buffer->begin, buffer->end,
                   machine_.event().instruction});
}

/// An announced write is made as the task goes on: now it is. What leaves the bytes as they were, a
/// lock that is tried, is one more look.
void HeldRun::note_told_write(const Task& task) {
  HeldTask& one = held(task);
  const auto told = std::exchange(one.told_write, std::nullopt);
  if (!told) return;
  Event& event = trace_.events[told->event];
  std::int64_t value = 0;
  const std::size_t size = std::min<std::uint64_t>(told->size, sizeof value);
  (void)machine_.peek(task, told->address,
                      std::as_writable_bytes(std::span(&value, 1)).first(size));
  event.result = value;
  if (told->size <= sizeof value && value == event.before) {
    one.spin.looked(event.instruction, told->address, value, touches_of(trace_, event),
                    Look::kPause);
    one.gives_way = event.reads;
  } else {
    one.spin.progressed();
    tell_others(task.id, event);
  }
}

/// Whether it does the same again and again in memory of its own process, as it tells at a stop
/// that is there for that: it may wait for another thread.
bool HeldRun::computes_in_vain(const Task& task) {
  constexpr std::uint64_t kMost = 1'000'000;
  HeldTask& one = held(task);
  if (one.in_vain < kMost) return false;
  one.in_vain = 0;
  return true;
}

/// What the bytes are called that an announced access touches.
void HeldRun::name_bytes(const Task& task, const Operation& operation) {
  for (const Touch& one : operation.touches()) {
    const auto known = std::ranges::find_if(trace_.names, [&](const NamedBytes& name) {
      return name.object == one.object && name.begin <= one.begin && one.begin < name.end;
    });
    if (known != trace_.names.end()) continue;
    const auto [found, is_new] = stage_.data.try_emplace({task.program, one.begin});
    if (is_new) {
      found->second = sandbox::data_at(held(task).tracee.pid(), stage_.box.outside("/programs/"),
                                       stage_.box.owner(), one.begin);
    }
    const sandbox::DataObject& data = found->second;
    if (!data.name.empty()) trace_.names.push_back({one.object, data.begin, data.end, data.name});
  }
}

/// Whether all of it is stopped at.
bool HeldRun::is_watched(std::size_t program, std::uint64_t begin, std::uint64_t end) const {
  return std::ranges::any_of(options_.watched, [&](const Watched& one) {
    return one.program == program && one.begin <= begin && end <= one.end;
  });
}

}  // namespace ipcgrade
