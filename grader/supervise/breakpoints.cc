#include "supervise/breakpoints.h"

#include <signal.h>

#include <algorithm>

namespace ipcgrade {
namespace {

constexpr std::uint64_t kTrap = 0xcc;
constexpr std::uint64_t kFirstByte = 0xff;

}  // namespace

Breakpoints::Breakpoints(const Tracee& tracee, const std::vector<std::uint64_t>& addresses)
    : tracee_(tracee) {
  for (const std::uint64_t address : addresses) {
    const auto word = tracee_.peek(address);
    if (!word || (*word & kFirstByte) == kTrap) continue;  // the same place once more, too
    if (tracee_.poke(address, (*word & ~kFirstByte) | kTrap)) {
      places_.push_back({address, *word & kFirstByte});
    }
  }
}

bool Breakpoints::hit(const Stop& stop) {
  if (places_.empty() || stop.kind != Stop::Kind::kSignal || stop.signal != SIGTRAP) return false;
  auto registers = tracee_.registers();
  if (!registers ||
      std::ranges::find(places_, registers->rip - 1, &Place::address) == places_.end()) {
    return false;
  }
  --registers->rip;
  clear();
  return tracee_.set_registers(*registers).has_value();
}

void Breakpoints::clear() {
  for (const Place& place : places_) {
    const auto word = tracee_.peek(place.address);
    if (!word || (*word & kFirstByte) != kTrap) continue;  // other code by now
    (void)tracee_.poke(place.address, (*word & ~kFirstByte) | place.first_byte);
  }
  places_.clear();
}

}  // namespace ipcgrade
