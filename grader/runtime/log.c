// The log of a process of several threads, see hypercall.h.
#include "held.h"

volatile uint32_t ipcgrade_log_switch;
struct IpcgradeLog ipcgrade_log;
struct IpcgradeWatch ipcgrade_watch;

enum {
  kCapacity = sizeof(ipcgrade_log.entries) / sizeof(ipcgrade_log.entries[0]),
};

// Where in the log an instruction was seen last. May be stale: what is found there is compared.
static uint16_t last_of_instruction[256];

static void tell(uint64_t address, uint64_t size, unsigned access, unsigned order,
                 uint64_t instruction) {
  const uint64_t clipped = size > UINT32_MAX ? UINT32_MAX : size;
  ipcgrade_hypercall(IPCGRADE_ACCESS, address,
                     clipped | (uint64_t)access << 32 | (uint64_t)order << 40, instruction, 0);
}

static void append(uint64_t address, uint64_t size, unsigned access, unsigned order,
                   uint64_t instruction) {
  if (ipcgrade_log.count >= kCapacity) {
    ipcgrade_hypercall(IPCGRADE_LOG_FULL, 0, 0, 0, 0);
    if (ipcgrade_log.count >= kCapacity) return;  // nobody took it
  }
  ipcgrade_log.entries[ipcgrade_log.count++] = (struct IpcgradeLogEntry){
      .address = address,
      .instruction = instruction,
      .size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size,
      .access = (uint8_t)access,
      .order = (uint8_t)order,
  };
}

// Between two stops a thread's plain accesses have one place in the order of things, so the same
// one again says nothing new, and neighbours (a loop over an array) are one range.
static bool merge(uint64_t address, uint64_t size, unsigned access, uint64_t instruction) {
  uint16_t* last = &last_of_instruction[(instruction ^ instruction >> 8) & 255];
  struct IpcgradeLogEntry* entry = &ipcgrade_log.entries[*last];
  if (*last < ipcgrade_log.count && *last >= ipcgrade_log.merge_from &&
      entry->instruction == instruction && entry->access == access &&
      entry->order == kIpcgradePlain) {
    const uint64_t end = entry->address + entry->size;
    const bool extends = address == end && entry->size + size <= UINT32_MAX;
    if (extends) entry->size += (uint32_t)size;
    if (extends || (address >= entry->address && address + size <= end)) return true;
  }
  *last = (uint16_t)ipcgrade_log.count;
  return false;
}

void ipcgrade_announce(uint64_t address, uint64_t size, unsigned access, unsigned order,
                       uint64_t instruction) {
  if (size == 0) return;
  for (uint32_t i = 0; i < ipcgrade_watch.count; ++i) {
    if (address < ipcgrade_watch.ranges[i].end && address + size > ipcgrade_watch.ranges[i].begin) {
      tell(address, size, access, order, instruction);
      break;
    }
  }
  if ((ipcgrade_log_switch & IPCGRADE_LOG_ON) == 0) return;
  // The count is not to change between the search for an entry and the new one.
  if (ipcgrade_log.count >= kCapacity) ipcgrade_hypercall(IPCGRADE_LOG_FULL, 0, 0, 0, 0);
  if (ipcgrade_log.count == 0) ipcgrade_log.merge_from = 0;
  // Volatile ones are counted, since they may be what a loop waits by.
  if (order == kIpcgradePlain && merge(address, size, access, instruction)) {
    // A loop over what is in the log already must come to a stop now and then, or it could wait for
    // another thread for ever. At a few nanoseconds each, the stops are a few per cent of its time.
    if (++ipcgrade_log.merged < IPCGRADE_MOST_MERGED) return;
    ipcgrade_log.merged = 0;
    ipcgrade_hypercall(IPCGRADE_LOG_FULL, 0, 0, 0, 0);
    return;
  }
  append(address, size, access, order, instruction);
  if (access == IPCGRADE_ALLOCATES) ipcgrade_log.merge_from = ipcgrade_log.count;
}

void ipcgrade_before_atomic(uint64_t address, uint64_t size, unsigned access, unsigned order,
                            uint64_t instruction) {
  if ((ipcgrade_log_switch & IPCGRADE_STOP_AT_ATOMICS) == 0) return;
  tell(address, size, access, kIpcgradeAtomic + order, instruction);
}

void ipcgrade_after_atomic(uint64_t address, uint64_t size, unsigned access, unsigned order,
                           uint64_t instruction) {
  if ((ipcgrade_log_switch & IPCGRADE_LOG_ON) == 0) return;
  append(address, size, access, kIpcgradeAtomic + order, instruction);
  ipcgrade_log.merge_from = ipcgrade_log.count;
}
