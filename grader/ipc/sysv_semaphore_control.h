// What semctl and semop share; of use to nobody else.
#pragma once

#include <cstdint>
#include <memory>

#include "ipc/sysv_semaphore.h"

namespace ipcgrade {

inline constexpr std::int64_t kMostValue = 32767;  // SEMVMX

/// What is done to one semaphore, or a set. Raises commute with each other, and so do waits for
/// zero, and looks; nothing else does.
enum class SemaphoreUse : std::uint8_t { kRaises, kLowers, kWaitsForZero, kLooks, kSets };
/// Of the whole set; for one semaphore, begin and end are its number and the next.
[[nodiscard]] Touch semaphore_touch(const SemaphoreSet& set, SemaphoreUse use);

[[nodiscard]] SysvTable& semaphore_table(Machine& machine);
/// nullptr: that id was never given out.
[[nodiscard]] SemaphoreSet* find_set(Machine& machine, int id);
/// How many calls wait at that semaphore: GETNCNT, GETZCNT.
[[nodiscard]] int waiting_at(const SemaphoreSet& set, std::size_t number, bool for_zero);
/// What waiting calls that were seen to wait have been given, they take before it is taken back.
void take_before_it_goes(Machine& machine, SemaphoreSet& set);

[[nodiscard]] std::unique_ptr<Operation> decode_semctl(Machine& machine, Task& task,
                                                       const Call& call);

}  // namespace ipcgrade
