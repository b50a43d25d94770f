#include "batch/batch.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "batch/pack.h"
#include "batch/process_pool.h"
#include "batch/store.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using sandbox::Expected;

Expected<Store> open_store(const fs::path& out,
                           Expected<Store> (*open)(const fs::path&) = Store::open) {
  auto store = open(out);
  if (!store) return std::unexpected(store.error().within(out.string()));
  return store;
}

/// Makes the folder. An error where something else is in it: its files may be somebody's.
Expected<Store> claim(const fs::path& out) {
  std::error_code error;
  fs::create_directories(out, error);
  const bool is_empty = !error && fs::is_empty(out, error);
  if (error) return std::unexpected(sandbox::Error{out.string(), error.value()});
  if (is_empty || Store::is_in(out)) return open_store(out);
  return sandbox::failure(out.string() +
                          ": is not empty, and no batch's folder: nothing was changed in it");
}

Expected<void> finish_if_done(Store& store, const Batch& batch) {
  const bool done =
      std::ranges::all_of(batch.handins, [](const Graded& one) { return one.grade.has_value(); });
  return done ? store.finish() : Expected<void>();
}

class Run {
 public:
  Run(const BatchSpec& spec, Store& store) : spec_(spec), store_(store) {}

  Expected<Batch> run() {
    auto import = import_handins(spec_.origin.input, spec_.out / "work", spec_.programs);
    if (!import) return std::unexpected(import.error());
    batch_.origin = spec_.origin;
    batch_.origin.platform = import->platform;
    batch_.unmatched = std::move(import->unmatched);
    for (Imported& one : import->handins) batch_.handins.push_back({std::move(one)});
    if (spec_.origin.anonymous) {
      if (auto hidden = hide_names(); !hidden) return std::unexpected(hidden.error());
    }
    if (spec_.ready) {
      if (auto go_on = spec_.ready(batch_); !go_on) return std::unexpected(go_on.error());
    }
    const auto before = store_.keys();
    if (!before) return std::unexpected(before.error());
    std::ranges::copy_if(*before, std::back_inserter(batch_.gone), [&](const std::string& key) {
      return !std::ranges::binary_search(
          batch_.handins, key, {},
          [](const Graded& one) -> const std::string& { return one.imported.handin.key; });
    });
    if (auto set = store_.set(batch_); !set) return std::unexpected(set.error());
    take_shard();
    if (auto found = find_known(); !found) return std::unexpected(found.error());
    find_what_to_grade();
    tell(nullptr);
    const auto done = run_processes(
        groups_.size(), {.cores = spec_.cores, .stop = spec_.stop},
        {.work = [this](std::size_t group) { return packed(spec_.grade(same(group))); },
         .begun =
             [this](std::size_t group) {
               running_.push_back(group);
               tell(nullptr);
             },
         .done = [this](std::size_t group,
                        Expected<std::string> bytes) { return take(group, std::move(bytes)); }});
    if (!done) return std::unexpected(done.error());
    if (error_) return std::unexpected(*error_);
    if (auto kept = finish_if_done(store_, batch_); !kept) return std::unexpected(kept.error());
    return std::move(batch_);
  }

 private:
  /// Keys that tell nothing, the same in every run into this folder.
  Expected<void> hide_names() {
    const auto salt = store_.salt();
    if (!salt) return std::unexpected(salt.error());
    for (Graded& one : batch_.handins) {
      constexpr std::size_t kEnough = 10;
      Handin& handin = one.imported.handin;
      handin.named_key = handin.key;
      handin.key = "anonymous-" + sha256(*salt + handin.key).substr(0, kEnough);
    }
    std::ranges::sort(batch_.handins, {},
                      [](const Graded& one) { return one.imported.handin.key; });
    return {};
  }

  /// What is the same is of the same shard, where it is graded once.
  void take_shard() {
    std::map<std::string, std::size_t> numbers;
    for (const Graded& one : batch_.handins) {
      numbers.try_emplace(one.imported.digest, numbers.size() % spec_.origin.shard.of);
    }
    std::erase_if(batch_.handins, [&](const Graded& one) {
      return numbers.at(one.imported.digest) != spec_.origin.shard.number - 1;
    });
  }

  Expected<void> find_known() {
    for (Graded& one : batch_.handins) {
      if (std::ranges::count(spec_.again, one.imported.handin.key) > 0) continue;
      auto known = store_.grade(one.imported, spec_.origin.grading);
      if (!known) return std::unexpected(known.error());
      if (*known && (is_graded(**known) || (*known)->is_final)) one.grade = std::move(*known);
    }
    return {};
  }

  /// Each group of the same files is graded once.
  void find_what_to_grade() {
    std::map<std::string, std::size_t> groups;
    for (std::size_t i = 0; i < batch_.handins.size(); ++i) {
      if (batch_.handins[i].grade) continue;
      const auto [at, is_new] =
          groups.try_emplace(batch_.handins[i].imported.digest, groups_.size());
      if (is_new) groups_.emplace_back();
      groups_[at->second].push_back(i);
    }
    tries_.resize(groups_.size());
  }

  [[nodiscard]] std::vector<const Imported*> same(std::size_t group) const {
    std::vector<const Imported*> all;
    for (const std::size_t i : groups_[group]) all.push_back(&batch_.handins[i].imported);
    return all;
  }

  ProcessPoolWork::Next take(std::size_t group, Expected<std::string> bytes) {
    std::erase(running_, group);
    auto results = bytes ? unpacked_grades(*bytes) : std::unexpected(bytes.error());
    if (results && results->empty()) return ProcessPoolWork::Next::kGoOn;  // it was stopped
    if (!results || results->size() != groups_[group].size()) {
      const std::string why = results ? "gave no result" : results.error().text();
      results = not_graded(group, "the grader's worker " + why);
    }
    const bool may_help = !is_graded(results->front()) && !results->front().is_final;
    if (may_help && ++tries_[group] == 1) return ProcessPoolWork::Next::kAgain;
    for (std::size_t i = 0; i < results->size(); ++i) {
      Graded& graded = batch_.handins[groups_[group][i]];
      if (auto kept = store_.keep(graded.imported, spec_.origin.grading, (*results)[i]); !kept) {
        error_ = kept.error();
        return ProcessPoolWork::Next::kEnd;
      }
      graded.grade = std::move((*results)[i]);
      ++batch_.graded_now;
      tell(&graded);
    }
    return ProcessPoolWork::Next::kGoOn;
  }

  [[nodiscard]] std::vector<Grade> not_graded(std::size_t group, const std::string& reason) const {
    std::vector<Grade> grades;
    for (const Imported* one : same(group)) {
      grades.push_back(spec_.not_graded ? spec_.not_graded(*one, reason)
                                        : Grade{.outcome = "ungraded", .ungraded_reason = reason});
      grades.back().is_final = false;
    }
    return grades;
  }

  void tell(const Graded* just_done) const {
    if (!spec_.progress) return;
    BatchProgress progress{
        .all = batch_.handins.size(), .graded_now = batch_.graded_now, .just_done = just_done};
    for (const Graded& one : batch_.handins) progress.done += one.grade ? 1 : 0;
    for (const std::size_t group : running_) {
      for (const Imported* one : same(group)) progress.grading.push_back(one->handin.key);
    }
    spec_.progress(progress);
  }

  const BatchSpec& spec_;
  Store& store_;
  Batch batch_;
  std::vector<std::vector<std::size_t>> groups_;  ///< of indices into Batch::handins
  std::vector<int> tries_;
  std::vector<std::size_t> running_;
  std::optional<sandbox::Error> error_;
};

}  // namespace

Expected<Batch> run_batch(const BatchSpec& spec) {
  auto store = claim(spec.out);
  if (!store) return std::unexpected(store.error());
  return Run(spec, *store).run();
}

Expected<void> begin_batch(const fs::path& out) {
  const auto store = claim(out);
  if (!store) return std::unexpected(store.error());
  return {};
}

Expected<Batch> kept_batch(const fs::path& out) {
  if (!Store::is_in(out)) return sandbox::failure(out.string() + ": is no batch's folder");
  auto store = open_store(out, Store::open_to_read);
  if (!store) return std::unexpected(store.error());
  auto batch = store->batch();
  if (!batch) return std::unexpected(batch.error().within(out.string()));
  return batch;
}

std::optional<bool> is_finished(const fs::path& out) {
  if (!Store::is_in(out)) return std::nullopt;
  auto store = open_store(out, Store::open_to_read);
  return store ? store->is_finished().value_or(std::nullopt) : std::nullopt;
}

Expected<Batch> merge_batches(const std::vector<fs::path>& shards, const fs::path& out) {
  std::optional<Batch> whole;
  std::set<std::size_t> numbers;
  for (const fs::path& shard : shards) {
    auto part = kept_batch(shard);
    if (!part) return std::unexpected(part.error());
    numbers.insert(part->origin.shard.number);
    if (!whole) {
      whole = std::move(*part);
      continue;
    }
    const bool same = std::ranges::equal(
        whole->handins, part->handins, [](const Graded& one, const Graded& other) {
          return one.imported.handin.key == other.imported.handin.key &&
                 one.imported.digest == other.imported.digest;
        });
    if (!same || whole->origin.grading != part->origin.grading ||
        whole->origin.shard.of != part->origin.shard.of) {
      return sandbox::failure(shard.string() + ": is no shard of the same batch as " +
                              shards.front().string() +
                              ": its hand-ins, lab, version or options differ");
    }
    for (std::size_t i = 0; i < whole->handins.size(); ++i) {
      std::optional<Grade>& mine = whole->handins[i].grade;
      std::optional<Grade>& theirs = part->handins[i].grade;
      if (theirs && (!mine || (!is_graded(*mine) && is_graded(*theirs)))) mine = std::move(theirs);
    }
  }
  if (!whole) return sandbox::failure("there is nothing to merge");
  for (std::size_t number = 1; number <= whole->origin.shard.of; ++number) {
    if (!numbers.contains(number)) whole->missing_shards.push_back(number);
  }
  whole->origin.shard = {};
  auto store = claim(out);
  if (!store) return std::unexpected(store.error());
  if (auto set = store->set(*whole); !set) return std::unexpected(set.error());
  for (const Graded& one : whole->handins) {
    if (!one.grade) continue;
    if (auto kept = store->keep(one.imported, whole->origin.grading, *one.grade); !kept) {
      return std::unexpected(kept.error());
    }
  }
  if (auto kept = finish_if_done(*store, *whole); !kept) return std::unexpected(kept.error());
  return std::move(*whole);
}

}  // namespace ipcgrade
