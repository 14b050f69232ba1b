#pragma once
// The numbers of the report. Every one is a measure: of which judge, on what, with its interval; tables, plots and the CSV
// are views of the same list.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "progress.hpp"
#include "records.hpp"
#include "statistics.hpp"

namespace judging {

struct measure {
  std::string section, judge, subject, name;
  ex::interval value;
};

/// A judge that gives every answer a score, higher for better.
struct judge {
  std::string name;
  numbers score;  ///< [N] of the answers of all tasks, one after another; NaN: none
  /// The score of another text as an answer to a task; empty where the judge is known by its scores alone.
  std::function<double(std::size_t task, std::string_view text)> of_text = {};
};

struct study_options {
  int resamples = 400;
  std::uint64_t seed = 1;
  index_t bins = 10;
  std::string baseline = {};  ///< of win rates; empty: the candidate that came first
  ex::progress* progress = nullptr;
  const std::atomic<bool>* stop = nullptr;
};

/// Thrown where the user interrupts.
struct interrupted : std::exception {};

/// The judges that need no model, and those that scored the input.
std::vector<judge> judges_of(const records& r);

/// All answers end to end.
struct flat {
  std::vector<index_t> offsets = {0};
  numbers right, length;
  std::vector<const answer*> answers;

  explicit flat(const records& r);
  std::size_t tasks() const { return offsets.size() - 1; }
};

/// For the progress bar: how many times study() advances it.
std::int64_t work_of(const records& r, const std::vector<judge>& judges);

std::vector<measure> study(const records& r, const std::vector<judge>& judges, const study_options& o);

/// The share of `part` in `whole`, both by task, with the 95 % interval of redrawn tasks. NaN: nothing to tell.
ex::interval share_of(const numbers& part, const numbers& whole, const study_options& o);

/// An answer as the three styles of RM-Bench: its last line alone, as it is, with headings and bullets.
std::string in_style(std::string_view text, int style);

/// Of those that match; an empty string matches everything.
std::vector<const measure*> where(const std::vector<measure>& all, const std::string& section,
                                  const std::string& judge = {}, const std::string& subject = {},
                                  const std::string& name = {});
/// The first of them; NaN where there is none.
ex::interval value_of(const std::vector<measure>& all, const std::string& section, const std::string& judge,
                      const std::string& subject, const std::string& name);

}  // namespace judging
