#include "grade/command_line.h"

namespace ipcgrade {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kOfTheShell = "|&;<>()$`*?[\n";
constexpr std::string_view kOfTheShellQuoted = "$`";       // within "…"
constexpr std::string_view kEscapableQuoted = "$`\"\\\n";  // within "…"

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::expected<std::vector<std::string>, std::string> split() {
    while (at_ < text_.size()) {
      if (kBlanks.find(text_[at_]) != std::string_view::npos) {
        end_word();
        ++at_;
        continue;
      }
      if (!take_part()) return std::unexpected("a quote in it is not closed");
    }
    end_word();
    if (for_shell_) return std::vector<std::string>{"/bin/sh", "-c", std::string(text_)};
    if (words_.empty()) return std::unexpected("there is no command in it");
    return std::move(words_);
  }

 private:
  /// A character, or what is quoted. False where the quote has no end.
  bool take_part() {
    const char c = text_[at_++];
    const bool begins = !in_word_;
    in_word_ = true;
    if (c == '\'') return take_until_quote();
    if (c == '"') return take_quoted();
    if (c == '\\') {
      if (at_ == text_.size()) return false;
      word_ += text_[at_++];
      return true;
    }
    if (kOfTheShell.find(c) != std::string_view::npos) for_shell_ = true;
    if (begins && (c == '#' || c == '~' || c == '!' || c == '{')) for_shell_ = true;
    // NAME=value before the command is no word of it.
    if (c == '=' && words_.empty()) for_shell_ = true;
    word_ += c;
    return true;
  }

  bool take_until_quote() {
    const std::size_t end = text_.find('\'', at_);
    if (end == std::string_view::npos) return false;
    word_ += text_.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }

  bool take_quoted() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (kOfTheShellQuoted.find(c) != std::string_view::npos) for_shell_ = true;
      const bool escapes = c == '\\' && at_ < text_.size() &&
                           kEscapableQuoted.find(text_[at_]) != std::string_view::npos;
      word_ += escapes ? text_[at_++] : c;
    }
    return false;
  }

  void end_word() {
    if (in_word_) words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> words_;
  std::string word_;
  bool in_word_ = false;
  bool for_shell_ = false;
};

}  // namespace

std::expected<std::vector<std::string>, std::string> words_of_command(std::string_view text) {
  return Splitter(text).split();
}

}  // namespace ipcgrade
