#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "batch/batch.h"
#include "cli/batch_run.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;

struct MergeOptions {
  std::vector<std::string> shards;
  std::string out;
  GradebookOptions gradebook;
};

int merge(Context& context, MergeOptions options) {
  if (auto read = read_gradebook(options.gradebook); !read) return wrong(context, read.error());
  const std::vector<fs::path> shards(options.shards.begin(), options.shards.end());
  const auto done = merge_batches(shards, options.out);
  if (!done) return wrong(context, done.error());
  if (auto good = check_gradebook(*done, options.gradebook); !good) {
    return wrong(context, good.error());
  }
  const bool written = write_outputs(context, options.out, options.gradebook, *done);
  const int status =
      tell(context, written ? (fs::path(options.out) / "index.html").string() : "", *done);
  return written ? status : kExitUngraded;
}

}  // namespace

void add_merge(CLI::App& app, Context& context) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App* command = app.add_subcommand("merge", "Put the parts of a batch together");
  command
      ->add_option("DIR", options->shards, "What 'batch --shard' was given as --out, of each part")
      ->required()
      ->option_text(" ");
  command->add_option("--out", options->out, "The folder for the whole; new, or of an earlier run")
      ->required()
      ->option_text("DIR");
  add_gradebook_options(*command, options->gradebook);
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return merge(context, *options); };
  });
}

}  // namespace ipcgrade
