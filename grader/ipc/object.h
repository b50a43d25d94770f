// What tasks share, as the machine models it; and how one task hands its past to another.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trace/event.h"

namespace ipcgrade {

/// Owned by the Machine, which numbers them in the order in which they are made. Mechanisms derive.
class Object {
 public:
  Object(ObjectId id, ObjectKind kind, std::string name)
      : id_(id), kind_(kind), name_(std::move(name)) {}
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  [[nodiscard]] ObjectId id() const { return id_; }
  [[nodiscard]] ObjectKind kind() const { return kind_; }
  /// As told to a student: "the segment with key 5678", "pipe 1".
  [[nodiscard]] const std::string& name() const { return name_; }
  void rename(std::string name) { name_ = std::move(name); }

  /// A number for the state that its operations change, where that is all that they change: who
  /// takes a lock and gives it back has changed nothing. Nothing: whatever they do is progress.
  [[nodiscard]] virtual std::optional<std::uint64_t> state() const { return std::nullopt; }

 private:
  ObjectId id_;
  ObjectKind kind_;
  std::string name_;
};

/// The events that a later one will come after, when it takes what they handed over: the last one
/// of each task, since a task's own earlier ones come before it anyway.
class HandOver {
 public:
  void add(TaskId task, EventId event) {
    const auto at = std::ranges::find(last_, task, &std::pair<TaskId, EventId>::first);
    if (at != last_.end()) {
      at->second = event;
    } else {
      last_.emplace_back(task, event);
    }
  }
  void add(const HandOver& other) {
    for (const auto& [task, event] : other.last_) add(task, event);
  }
  void clear() { last_.clear(); }
  [[nodiscard]] const std::vector<std::pair<TaskId, EventId>>& events() const { return last_; }

 private:
  std::vector<std::pair<TaskId, EventId>> last_;
};

}  // namespace ipcgrade
