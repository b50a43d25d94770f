// The headers, relocations and names of a program in memory: all that is read of them lies in the
// memory of a process that can write there what it likes.
#include "supervise/imports.h"

#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string_view>

#include "fuzz/fuzz.h"

namespace {

constexpr std::uint64_t kBase = 0x10000000;  // the seed is linked to be there
constexpr std::uint64_t kSize = 1U << 20;

/// As the kernel does it, what fits.
void load(std::string_view file, std::byte* memory) {
  const std::size_t whole = std::min<std::size_t>(file.size(), 4096);
  std::memcpy(memory, file.data(), whole);
  for (std::size_t at = sizeof(Elf64_Ehdr); at + sizeof(Elf64_Phdr) <= whole;
       at += sizeof(Elf64_Phdr)) {
    Elf64_Phdr header;
    std::memcpy(&header, file.data() + at, sizeof header);
    const std::uint64_t to = header.p_vaddr - kBase;
    if (header.p_type != PT_LOAD || header.p_offset >= file.size() || to >= kSize) continue;
    std::memcpy(memory + to, file.data() + header.p_offset,
                std::min({header.p_filesz, file.size() - header.p_offset, kSize - to}));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ipcgrade;
  using fuzz::expect;
  fuzz::Input input(data, size);
  const auto count = input.take<std::uint16_t>();
  void* const memory = ::mmap(reinterpret_cast<void*>(kBase), kSize, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  expect(memory == reinterpret_cast<void*>(kBase), "the program can be loaded");
  load(input.rest(), static_cast<std::byte*>(memory));
  const ProgramParts parts = parts_of(Tracee(::getpid()), kBase + sizeof(Elf64_Ehdr), count);
  for (const Import& one : parts.imports) {
    expect(one.address != 0 && one.name.size() <= 256, "an import has a bound");
    expect(one.address < parts.begin || one.address >= parts.end, "an import is of a library");
  }
  ::munmap(memory, kSize);
  return 0;
}
