#include "ipc/lock_table.h"

#include <algorithm>

#include "ipc/library_object.h"

namespace ipcgrade {
namespace {

constexpr std::uint16_t kShared = 1, kExclusive = 2, kLooks = 4;

bool overlap(std::uint64_t begin, std::uint64_t end, std::uint64_t other_begin,
             std::uint64_t other_end) {
  return begin < other_end && other_begin < end;
}

}  // namespace

std::vector<const HeldLock*> LockTable::against(const HeldLock& wanted) const {
  std::vector<const HeldLock*> found;
  for (const HeldLock& one : held_) {
    if (one.owner != wanted.owner && (one.exclusive || wanted.exclusive) &&
        overlap(one.begin, one.end, wanted.begin, wanted.end)) {
      found.push_back(&one);
    }
  }
  return found;
}

bool LockTable::has(const LockOwner& owner) const {
  return std::ranges::find(held_, owner, &HeldLock::owner) != held_.end();
}

void LockTable::note_release(Machine& machine, const HeldLock& lock) {
  holds_no_more(machine, lock.by, id());
  const auto same = std::ranges::find_if(released_, [&](const Release& one) {
    return one.begin == lock.begin && one.end == lock.end && one.exclusive == lock.exclusive;
  });
  if (same != released_.end()) {
    machine.hand_over(same->by);
    return;
  }
  released_.push_back({lock.begin, lock.end, lock.exclusive, {}});
  machine.hand_over(released_.back().by);
}

void LockTable::release(Machine& machine, const LockOwner& owner, std::uint64_t begin,
                        std::uint64_t end) {
  std::vector<HeldLock> kept;
  for (const HeldLock& one : held_) {
    if (one.owner != owner || !overlap(one.begin, one.end, begin, end)) {
      kept.push_back(one);
      continue;
    }
    HeldLock gone = one;
    gone.begin = std::max(one.begin, begin);
    gone.end = std::min(one.end, end);
    note_release(machine, gone);
    for (const auto& [first, last] : {std::pair{one.begin, gone.begin}, {gone.end, one.end}}) {
      if (first >= last) continue;
      HeldLock rest = one;
      rest.begin = first;
      rest.end = last;
      holds(machine, rest.by, id());
      kept.push_back(rest);
    }
  }
  held_ = std::move(kept);
}

void LockTable::acquire(Machine& machine, const HeldLock& wanted) {
  release(machine, wanted.owner, wanted.begin, wanted.end);
  for (const Release& one : released_) {
    if ((one.exclusive || wanted.exclusive) &&
        overlap(one.begin, one.end, wanted.begin, wanted.end)) {
      machine.comes_after(one.by);
    }
  }
  held_.push_back(wanted);
  holds(machine, wanted.by, id());
}

std::optional<std::uint64_t> LockTable::state() const {
  std::uint64_t all = 0;  // a sum: in whatever order they came
  for (const HeldLock& one : held_) {
    const std::uint64_t range = one.begin * 31 + one.end * 37;
    all += (range + one.by + 1) * (one.exclusive ? 41 : 43);
  }
  return all;
}

Touch LockTable::locks(bool exclusive, std::uint64_t begin, std::uint64_t end) const {
  if (!exclusive) {
    return {.object = id(),
            .does = kShared,
            .disturbs = kExclusive | kLooks,
            .begin = begin,
            .end = end};
  }
  return {.object = id(),
          .does = kExclusive,
          .disturbs = kShared | kExclusive | kLooks,
          .begin = begin,
          .end = end};
}

Touch LockTable::looks(std::uint64_t begin, std::uint64_t end) const {
  return {
      .object = id(), .does = kLooks, .disturbs = kShared | kExclusive, .begin = begin, .end = end};
}

}  // namespace ipcgrade
