// Source: elf(5), System V ABI AMD64 4.4 for the relocations.
#include "supervise/imports.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace ipcgrade {
namespace {

template <typename T>
std::optional<T> value_at(const Tracee& task, std::uint64_t address) {
  T value{};
  if (!task.read(address, std::as_writable_bytes(std::span(&value, 1)))) return std::nullopt;
  return value;
}

/// Copied in pieces, up to where its memory ends.
template <typename T>
std::vector<T> table_at(const Tracee& task, std::uint64_t address, std::uint64_t bytes) {
  constexpr std::uint64_t kMost = 1U << 20;
  std::vector<T> table(std::min(bytes, kMost) / sizeof(T));
  if (!task.read(address, std::as_writable_bytes(std::span(table)))) table.clear();
  return table;
}

/// Of the dynamic section: addresses as in memory, since the loader has relocated them.
struct Dynamic {
  std::uint64_t symbols = 0, names = 0;
  std::array<std::uint64_t, 2> tables{}, sizes{};
};

Dynamic dynamic_at(const Tracee& task, std::uint64_t address) {
  Dynamic found;
  constexpr int kMost = 128;
  for (int i = 0; i < kMost; ++i, address += sizeof(Elf64_Dyn)) {
    const auto entry = value_at<Elf64_Dyn>(task, address);
    if (!entry || entry->d_tag == DT_NULL) break;
    const std::uint64_t value = entry->d_un.d_val;
    switch (entry->d_tag) {
      case DT_SYMTAB:
        found.symbols = value;
        break;
      case DT_STRTAB:
        found.names = value;
        break;
      case DT_JMPREL:
        found.tables[0] = value;
        break;
      case DT_PLTRELSZ:
        found.sizes[0] = value;
        break;
      case DT_RELA:
        found.tables[1] = value;
        break;
      case DT_RELASZ:
        found.sizes[1] = value;
        break;
      default:
        break;
    }
  }
  return found;
}

}  // namespace

ProgramParts parts_of(const Tracee& task, std::uint64_t headers, std::uint64_t count) {
  ProgramParts parts;
  const auto segments = table_at<Elf64_Phdr>(task, headers, count * sizeof(Elf64_Phdr));
  // What begins with the file's beginning has the headers behind the ELF header; the difference is
  // where it was loaded. (PT_PHDR would tell, but programs that are linked statically have none.)
  std::uint64_t base = 0;
  for (const Elf64_Phdr& one : segments) {
    if (one.p_type == PT_LOAD && one.p_offset == 0) {
      base = headers - sizeof(Elf64_Ehdr) - one.p_vaddr;
    }
  }
  std::uint64_t dynamic = 0;
  for (const Elf64_Phdr& one : segments) {
    if (one.p_type == PT_DYNAMIC) dynamic = base + one.p_vaddr;
    if (one.p_type != PT_LOAD) continue;
    const std::uint64_t begin = base + one.p_vaddr;
    parts.begin = parts.begin == 0 ? begin : std::min(parts.begin, begin);
    parts.end = std::max(parts.end, begin + one.p_memsz);
    if ((one.p_flags & PF_X) != 0) parts.code.emplace_back(begin, begin + one.p_filesz);
  }
  if (dynamic == 0) return parts;
  const Dynamic found = dynamic_at(task, dynamic);
  if (found.symbols == 0 || found.names == 0) return parts;
  for (std::size_t i = 0; i < found.tables.size(); ++i) {
    for (const auto& one : table_at<Elf64_Rela>(task, found.tables[i], found.sizes[i])) {
      const auto type = ELF64_R_TYPE(one.r_info);
      if (type != R_X86_64_GLOB_DAT && type != R_X86_64_JUMP_SLOT) continue;
      const auto symbol =
          value_at<Elf64_Sym>(task, found.symbols + ELF64_R_SYM(one.r_info) * sizeof(Elf64_Sym));
      const auto address = value_at<std::uint64_t>(task, base + one.r_offset);
      if (!symbol || !address || *address == 0) continue;
      const auto sort = ELF64_ST_TYPE(symbol->st_info);
      if (sort != STT_FUNC && sort != STT_GNU_IFUNC && sort != STT_NOTYPE) continue;
      // Not bound yet: it leads back into the program.
      if (*address >= parts.begin && *address < parts.end) continue;
      constexpr std::size_t kMostName = 256;  // what it is looked for has short names
      parts.imports.push_back({task.read_text(found.names + symbol->st_name, kMostName), *address});
    }
  }
  return parts;
}

}  // namespace ipcgrade
