// A held process or thread: what the supervisor knows of it beside the model's Task.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/hypercall.h"
#include "supervise/spin.h"
#include "supervise/tracee.h"
#include "supervise/zygote.h"
#include "x86/accesses.h"
#include "x86/instruction.h"

namespace ipcgrade {

struct HeldTask {
  /// What it is stopped at.
  enum class At : std::uint8_t {
    kNothing,  ///< not started, or gone
    kCall,     ///< before a system call: inside its entry
    kFault,    ///< before an instruction that touches closed memory
    kOutside,  ///< anywhere else in its own code
  };

  /// Objects, with a number for the state of each.
  using States = std::vector<std::pair<ObjectId, std::uint64_t>>;

  Tracee tracee{0};
  pid_t group = 0;  ///< process number outside
  At at = At::kNothing;
  bool gone = false;
  Registers registers{};
  Image image;
  std::optional<IpcgradeHello> hello;
  x86::Instruction instruction{};  ///< kFault
  SpinWatch spin;
  std::size_t went = 0;    ///< which step of the run it made last
  bool gives_way = false;  ///< it yielded: others go first, once
  bool burns = false;      ///< it computes for long, or burns the processor
  bool circles = false;    ///< it runs in a circle, which only a handler can end
  bool goes_on = false;    ///< it stands at no operation: its step is only to be resumed
  int crash_signal = 0;    ///< its own code's fault, to be delivered
  /// Places, of a run that is told: where it asked for memory last; where it computes for too long.
  std::uint32_t asked_at = 0;
  std::uint32_t loops_at = 0;
  /// What it had printed when it last wrote something: how many of its IpcgradePrints.
  std::uint64_t prints_seen = 0;
  /// Its last fault that a handler took, which event followed, and how often it came in a row.
  struct TakenFault {
    Registers registers{};
    EventId event = 0;
    std::size_t times = 0;
    bool at_once = false;  ///< it was the first thing behind the handler's end
  };
  TakenFault taken_fault{};
  std::string crash{};   ///< and what it did: "touches address 0x10, where there is no memory"
  bool logs = false;     ///< of a process's first task: see thread_log.cc
  bool trapped = false;  ///< of a process's first task: see unsafe_calls.cc
  /// Of what the call that it makes may change; nothing: it may change something else.
  std::optional<States> states_before{};
  /// How often it paused at a place, be it a sleep or a yield.
  std::map<std::uint64_t, std::uint32_t> pauses{};
  /// An event of a write that was announced: what is written is known at the next stop.
  struct ToldWrite {
    EventId event = kNoEvent;
    std::uint64_t address = 0, size = 0;
  };
  std::optional<ToldWrite> told_write{};
  /// Accesses that its log told of, in which nothing was new, since it last stopped otherwise.
  std::uint64_t in_vain = 0;
  bool naps = false;              ///< as its last pause: nothing but time ends that
  bool told_to_poll = false;      ///< an event says that it looks again and again, with a pause
  bool told_to_nap = false;       ///< or that it naps between its looks
  std::uint64_t time_stamps = 0;  ///< that it has read
  /// What the kernel would touch of shared memory in the call that it stands before, beside what
  /// the operation says.
  std::vector<Touch> kernel_touches;
};

}  // namespace ipcgrade
