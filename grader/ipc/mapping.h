// Shared mappings: mmap(2), munmap(2), mprotect(2), mremap(2), as far as memory that several tasks
// see is concerned.
#pragma once

#include "ipc/machine.h"

namespace ipcgrade {

extern const Mechanism kMappingMechanism;
/// The runtime's word on where the C library's own objects are (see runtime/hypercall.h).
extern const Mechanism kLibraryMechanism;

inline constexpr std::uint64_t kPage = 4096;
[[nodiscard]] constexpr std::uint64_t whole_pages(std::uint64_t size) {
  return (size + kPage - 1) / kPage * kPage;
}

/// Adds a part of a process's address space, which covers what was there.
void add_mapping(Process& process, Mapping mapping);
/// Takes [begin, end) out of the process's mappings; those that reach beyond it are cut.
void remove_mappings(Process& process, std::uint64_t begin, std::uint64_t end);

}  // namespace ipcgrade
