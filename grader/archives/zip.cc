#include "archives/zip.h"

#include <archive.h>
#include <archive_entry.h>

#include <ctime>
#include <utility>

#include "archives/utf8_names.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

la_ssize_t take(archive*, void* bytes, const void* data, std::size_t count) {
  static_cast<std::string*>(bytes)->append(static_cast<const char*>(data), count);
  return static_cast<la_ssize_t>(count);
}

}  // namespace

ZipWriter::ZipWriter()
    : bytes_(std::make_unique<std::string>()),
      archive_(::archive_write_new(), ::archive_write_free) {
  ::archive_write_set_format_zip(archive_.get());
  ::archive_write_set_bytes_in_last_block(archive_.get(), 1);
  ::archive_write_open2(archive_.get(), bytes_.get(), nullptr, take, nullptr, nullptr);
}

Expected<void> ZipWriter::add(const std::string& name, const std::string& bytes, bool executable) {
  constexpr std::time_t kAlways = 946'684'800;
  const Utf8Names names;
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(::archive_entry_new(),
                                                                       ::archive_entry_free);
  ::archive_entry_set_pathname_utf8(entry.get(), name.c_str());
  ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
  ::archive_entry_set_filetype(entry.get(), AE_IFREG);
  ::archive_entry_set_perm(entry.get(), executable ? 0755 : 0644);
  ::archive_entry_set_mtime(entry.get(), kAlways, 0);
  if (::archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK ||
      ::archive_write_data(archive_.get(), bytes.data(), bytes.size()) !=
          static_cast<la_ssize_t>(bytes.size())) {
    return trouble();
  }
  return {};
}

Expected<std::string> ZipWriter::finish() {
  if (::archive_write_close(archive_.get()) != ARCHIVE_OK) {
    return std::unexpected(trouble().error());
  }
  return std::move(*bytes_);
}

Expected<void> ZipWriter::trouble() const {
  const char* why = ::archive_error_string(archive_.get());
  return sandbox::failure(why == nullptr ? "the zip could not be made" : why);
}

}  // namespace ipcgrade
