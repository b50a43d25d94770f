#include "grade/find_commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "grade/command_line.h"

namespace ipcgrade {
namespace {

using Kind = FolderEntry::Kind;

constexpr const char* kSystemFolders[] = {"/usr/local/bin/", "/usr/bin/", "/bin/"};

class Finder {
 public:
  Finder(const FolderCopy& copy, const std::filesystem::path& folder) : copy_(copy) {
    std::error_code error;
    folder_ = std::filesystem::canonical(folder, error).string() + "/";
  }

  std::expected<void, std::string> add(const std::string& text) {
    auto words = words_of_command(text);
    if (!words) return std::unexpected(words.error());
    StartCommand command;
    command.words = std::move(*words);
    auto path = path_of(command.words.front());
    if (!path) return std::unexpected(path.error());
    command.path = *path;
    command.name = name_for(std::filesystem::path(command.words.front()).filename().string());
    found.commands.push_back(std::move(command));
    return {};
  }

  FoundCommands found;

 private:
  std::expected<std::string, std::string> path_of(const std::string& word) {
    if (word.find('/') == std::string::npos) return in_system(word);
    if (word.starts_with(folder_)) return in_copy(word, word.substr(folder_.size()));
    if (!word.starts_with("/")) return in_copy(word, word);
    for (const char* folder : {"/usr/", "/bin/", "/sbin/"}) {
      if (word.starts_with(folder) && ::access(word.c_str(), X_OK) == 0) return word;
    }
    return std::unexpected(::access(word.c_str(), F_OK) == 0
                               ? word +
                                     " is not there for the programs: they see the folder that "
                                     "--dir names, and the system's"
                               : word + " is not found");
  }

  std::expected<std::string, std::string> in_system(const std::string& word) const {
    for (const char* folder : kSystemFolders) {
      std::string path = folder + word;
      if (::access(path.c_str(), X_OK) == 0) return path;
    }
    const FolderEntry* meant = copy_.find(word);
    const bool is_near = meant != nullptr && meant->kind == Kind::kFile && meant->executable;
    return std::unexpected(word + " is not found" +
                           (is_near ? "; did you mean ./" + word + "?" : ""));
  }

  std::expected<std::string, std::string> in_copy(const std::string& word,
                                                  const std::string& relative) {
    const std::string path = std::filesystem::path(relative).lexically_normal().string();
    if (path.starts_with("../")) {
      return std::unexpected(word +
                             " is outside of the folder that the programs see; --dir names "
                             "another one");
    }
    const FolderEntry* entry = copy_.find(path);
    if (entry == nullptr) return std::unexpected(word + " is not found");
    if (entry->kind == Kind::kLink) return "/work/" + path;
    if (entry->kind != Kind::kFile) return std::unexpected(word + " is no program");
    if (!entry->executable) return std::unexpected(word + " is not executable");
    return entry->is_elf() ? in_programs(*entry) : "/work/" + path;
  }

  std::string in_programs(const FolderEntry& entry) {
    const std::string base = std::filesystem::path(entry.path).filename().string();
    std::string name = base;
    for (int number = 2;; ++number) {
      const auto taken = std::ranges::find(found.programs, name, &Program::name);
      if (taken == found.programs.end()) {
        found.programs.push_back({name, entry.bytes});
        return "/programs/" + name;
      }
      if (taken->bytes == entry.bytes) return "/programs/" + name;
      name = fmt::format("{}-{}", base, number);
    }
  }

  /// "counter", "counter 2"
  [[nodiscard]] std::string name_for(const std::string& base) const {
    std::string name = base;
    const auto is_taken = [&](const StartCommand& one) { return one.name == name; };
    for (int number = 2; std::ranges::any_of(found.commands, is_taken); ++number) {
      name = fmt::format("{} {}", base, number);
    }
    return name;
  }

  const FolderCopy& copy_;
  std::string folder_;
};

}  // namespace

std::expected<FoundCommands, std::string> find_commands(const std::vector<std::string>& commands,
                                                        const FolderCopy& copy,
                                                        const std::filesystem::path& folder) {
  Finder finder(copy, folder);
  for (const std::string& command : commands) {
    if (auto added = finder.add(command); !added) {
      return std::unexpected("--run '" + command + "': " + added.error());
    }
  }
  return std::move(finder.found);
}

}  // namespace ipcgrade
