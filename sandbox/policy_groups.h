// The names that a policy is made of.
#pragma once

#include <array>
#include <string_view>

namespace sandbox {

struct PolicyGroup {
  std::string_view name;
  std::string_view meaning;  ///< of its calls, as a sentence's end: "reaches the network"
};

/// The groups that a policy may name. The base group is in every policy.
inline constexpr std::array<PolicyGroup, 10> kPolicyGroups{{
    {"sysv-shared-memory", "uses System V shared memory"},
    {"sysv-semaphores", "uses System V semaphores"},
    {"sysv-queues", "uses System V message queues"},
    {"posix-ipc", "uses POSIX message queues, shared memory or named semaphores"},
    {"signals", "sends signals or reads them from a descriptor"},
    {"timers", "sets timers"},
    {"local-sockets", "makes sockets between processes of one machine"},
    {"network", "reaches the network"},
    {"exec", "starts another program"},
    {"peer-memory", "reads another process's memory"},
}};

}  // namespace sandbox
