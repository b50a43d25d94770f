// The parts of a batch as array jobs of Slurm (sbatch(1), squeue(1), scancel(1); 22.05): submitted,
// watched, and those that are lost submitted again. What a part finds it keeps in a folder of its
// own, which all nodes have to see; Slurm's accounting is not asked.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sandbox/error.h"

namespace ipcgrade {

struct SlurmProgress {
  std::size_t finished = 0, running = 0, all = 0;  ///< parts
};

struct SlurmSpec {
  std::filesystem::path folder;  ///< absolute; the job's script, its logs and the parts go there
  std::size_t shards = 1;
  std::size_t cores = 1;  ///< of each part
  /// The command of one part, whose store is then in folder/NUMBER.
  std::function<std::vector<std::string>(std::size_t number)> command;
  int stop = -1;  ///< readable when everything is to stop; borrowed
  std::function<void(const SlurmProgress&)> progress{};  ///< may be empty
};

/// Runs until all parts are finished, or were submitted three times, or it is stopped: then the
/// jobs are cancelled. Gives the numbers, from 1, of those that are not finished. An error where
/// Slurm can't be had or refuses the job.
[[nodiscard]] sandbox::Expected<std::vector<std::size_t>> run_on_slurm(const SlurmSpec& spec);

}  // namespace ipcgrade
