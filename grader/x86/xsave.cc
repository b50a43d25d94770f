#include "x86/xsave.h"

#include <cpuid.h>

#include <algorithm>
#include <cstring>

namespace ipcgrade::x86 {
namespace {

constexpr unsigned kLeaf = 0xd;
constexpr unsigned kSse = 1;  // numbers of state components
constexpr unsigned kAvx = 2;
constexpr unsigned kZmmHigh = 6;
constexpr unsigned kZmm16To31 = 7;

constexpr std::size_t kXmmAt = 160;    // in the legacy region
constexpr std::size_t kInUseAt = 512;  // XSTATE_BV, at the header's beginning
constexpr std::size_t kHeaderEnd = 576;
constexpr std::size_t kWholeRegister = 64;

std::size_t offset_of(unsigned component) {
  unsigned size = 0;
  unsigned offset = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (__get_cpuid_count(kLeaf, component, &size, &offset, &c, &d) == 0 || size == 0) return 0;
  return offset;
}

}  // namespace

XsaveLayout XsaveLayout::of_this_machine() {
  return {offset_of(kAvx), offset_of(kZmmHigh), offset_of(kZmm16To31)};
}

XsaveRegisters::Part XsaveRegisters::part(unsigned number, std::size_t first) const {
  if (number >= 16) {
    const std::size_t begin = layout_.zmm_16_to_31;
    return {kZmm16To31, begin, 16 * 64, begin + 64 * (number - 16) + first, first, 64 - first};
  }
  if (first < 16) return {kSse, kXmmAt, 16 * 16, kXmmAt + 16 * number + first, first, 16 - first};
  if (first < 32) {
    const std::size_t begin = layout_.ymm_high;
    return {kAvx, begin, 16 * 16, begin + 16 * number + first - 16, first, 32 - first};
  }
  const std::size_t begin = layout_.zmm_high;
  return {kZmmHigh, begin, 16 * 32, begin + 32 * number + first - 32, first, 64 - first};
}

bool XsaveRegisters::exists(const Part& part) const {
  return area_.size() >= kHeaderEnd && part.component_begin != 0 &&
         part.component_begin + part.component_size <= area_.size();
}

bool XsaveRegisters::in_use(unsigned component) const {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &area_[kInUseAt], sizeof bits);
  return (bits >> component & 1) != 0;
}

void XsaveRegisters::use(const Part& part) {
  if (in_use(part.component)) return;
  std::memset(&area_[part.component_begin], 0, part.component_size);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &area_[kInUseAt], sizeof bits);
  bits |= std::uint64_t{1} << part.component;
  std::memcpy(&area_[kInUseAt], &bits, sizeof bits);
}

bool XsaveRegisters::read(unsigned number, std::span<std::byte> into) {
  for (std::size_t first = 0; first < into.size();) {
    const Part from = part(number, first);
    if (!exists(from)) return false;
    const std::size_t size = std::min(from.size, into.size() - first);
    if (in_use(from.component)) {
      std::memcpy(&into[first], &area_[from.at], size);
    } else {
      std::memset(&into[first], 0, size);
    }
    first += size;
  }
  return true;
}

bool XsaveRegisters::writable(unsigned number, std::size_t size) const {
  for (std::size_t first = 0; first < size; first += part(number, first).size) {
    if (!exists(part(number, first))) return false;
  }
  return true;
}

bool XsaveRegisters::write(unsigned number, std::span<const std::byte> from, Above above) {
  if (!writable(number, from.size())) return false;
  changed_ = true;
  for (std::size_t first = 0; first < kWholeRegister;) {
    const Part into = part(number, first);
    if (first < from.size()) {
      use(into);
      const std::size_t size = std::min(into.size, from.size() - first);
      std::memcpy(&area_[into.at], &from[first], size);
      first += size;
      continue;
    }
    if (above == Above::kKeep) break;
    if (exists(into) && in_use(into.component)) std::memset(&area_[into.at], 0, into.size);
    first += into.size;
  }
  return true;
}

}  // namespace ipcgrade::x86
