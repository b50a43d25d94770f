#include "compile/folder_build.h"

#include "compile/build_run.h"
#include "compile/messages.h"
#include "sandbox/box.h"

namespace ipcgrade {

sandbox::Expected<FolderBuild> build_folder(const sandbox::Host& host, const FolderCopy& folder,
                                            const std::string& command, int stop) {
  auto box = sandbox::Box::open(host, {sandbox::Policy::widest(), build_limits(), stop});
  if (!box) return std::unexpected(box.error());
  if (auto placed = place_folder(folder, box->work(), box->owner()); !placed) {
    return std::unexpected(placed.error().within("copy the folder into the box"));
  }
  auto run = run_build(*box, "/bin/sh", {"sh", "-c", command}, Instrument::kYes);
  if (!run) return std::unexpected(run.error().within("build"));
  FolderBuild build;
  build.stopped = run->was_stopped();
  if (build.stopped) return build;
  const std::vector<CompilerMessage> messages = parse_messages(run->printed);
  add_warnings(build.warnings, messages);
  if (auto finding = cut_short("'" + command + "'", *run)) {
    build.findings.push_back(std::move(*finding));
  } else if (!run->succeeded()) {
    build.findings.push_back(
        compile_error("'" + command + "' failed", "a program", run->printed, messages));
  } else {
    auto made = copy_folder(box->work());
    if (!made) return std::unexpected(made.error().within("read what was built"));
    build.folder = std::move(*made);
    build.folder.name = folder.name;
  }
  return build;
}

}  // namespace ipcgrade
