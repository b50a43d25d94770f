// Where data go between the processes of a run: found by comparing it with another one whose input
// differs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "trace/trace.h"

namespace ipcgrade {

/// How an event differs from its counterpart in the other run.
enum class Difference : std::uint8_t {
  kNone,
  kForm,   ///< in what it is: other arguments, another result, or the other run has none such
  kBytes,  ///< in the bytes that it moves
};

/// What differed was given to an object by one process, and taken from there by another.
struct DataFlow {
  ObjectId object = kNoObject;
  EventId give = kNoEvent;
  EventId take = kNoEvent;
  Difference difference{};  ///< the lesser one of the two
};

/// The events of a run that differ from those of another one. Events are counterparts that have the
/// same number among those of the same process and object; objects are, by their names.
class DataFlows {
 public:
  /// Borrows both.
  DataFlows(const Trace& trace, const Trace& other);

  /// In the order of the taking events.
  [[nodiscard]] const std::vector<DataFlow>& all() const { return flows_; }
  [[nodiscard]] Difference difference(EventId event, ObjectId object) const;

 private:
  void compare(const Trace& other);
  void find();
  void find_by_hand_over(EventId take);
  void find_in_memory(EventId event);
  void add(ObjectId object, EventId give, EventId take);
  [[nodiscard]] EventId last_giving(TaskId process, ObjectId object, EventId until) const;

  /// Who wrote the bytes of an object last, by their ends.
  struct Written {
    std::uint64_t begin = 0;
    EventId by = kNoEvent;
  };
  static void write(std::map<std::uint64_t, Written>& all, const Touch& touch, EventId by);

  const Trace& trace_;
  std::map<std::pair<EventId, ObjectId>, Difference> differences_;
  std::map<std::pair<TaskId, ObjectId>, std::vector<EventId>> giving_;  ///< that differ
  std::map<ObjectId, std::map<std::uint64_t, Written>> written_;
  std::vector<DataFlow> flows_;
};

}  // namespace ipcgrade
