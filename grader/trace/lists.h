// Lists of plain values, each kept once: what events say of themselves repeats, in long runs a
// million times.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ipcgrade {

using ListId = std::uint32_t;
inline constexpr ListId kEmptyList = 0;

/// Value: compared by ==, hashed by hash_value() beside it. At most 2^32 values in all.
template <typename Value>
class Lists {
 public:
  Lists() { (void)add({}); }

  /// Its number: that of an equal list which was added before, or a new one.
  ListId add(std::span<const Value> list) {
    if (2 * (ends_.size() + 1) > slots_.size()) grow();
    ListId& slot = slot_of(list);
    if (slot == kNone) {
      slot = static_cast<ListId>(ends_.size());
      items_.insert(items_.end(), list.begin(), list.end());
      ends_.push_back(static_cast<std::uint32_t>(items_.size()));
    }
    return slot;
  }

  /// Valid until the next add().
  [[nodiscard]] std::span<const Value> operator[](ListId number) const {
    const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::span(items_).subspan(begin, ends_[number] - begin);
  }

  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  /// Those of all lists.
  [[nodiscard]] std::span<const Value> values() const { return items_; }

 private:
  static constexpr ListId kNone = ~ListId{0};

  static std::size_t hash(std::span<const Value> list) {
    if constexpr (std::is_same_v<Value, char>) {
      return std::hash<std::string_view>{}({list.data(), list.size()});
    } else {
      std::uint64_t hash = list.size();
      for (const Value& value : list) {
        // The finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA'14).
        hash = (hash ^ hash_value(value)) + 0x9e3779b97f4a7c15;
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
        hash ^= hash >> 31;
      }
      return hash;
    }
  }

  /// Where its number is, or would be: open addressing, one after another.
  ListId& slot_of(std::span<const Value> list) {
    std::size_t at = hash(list);
    for (;; ++at) {
      ListId& slot = slots_[at & (slots_.size() - 1)];
      if (slot == kNone || std::ranges::equal((*this)[slot], list)) return slot;
    }
  }

  void grow() {
    constexpr std::size_t kFewest = 16;
    slots_.assign(std::max(kFewest, 2 * slots_.size()), kNone);
    for (ListId number = 0; number < ends_.size(); ++number) slot_of((*this)[number]) = number;
  }

  std::vector<Value> items_;
  std::vector<std::uint32_t> ends_;
  std::vector<ListId> slots_;  ///< a power of two of them
};

}  // namespace ipcgrade
