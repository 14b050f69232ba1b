#pragma once
// A reward looked up among the messages that a language model has judged so far.
//
// $$r = \text{label}(\text{key}), \text{ or the default where the key is not known}$$
//
// Source: ONI, arXiv:2410.23022; facebookresearch/oni.
//
// Details that differ:
// - The later of two rows of one key counts. In the released code an answer without a verdict is label 0.
// - All 64 bits of a key count. Keys that are not known are those to be judged next, each once.
// - `oni_labels` is the table as a value, that is saved, restored and merged.
//
// Cost: one hash table of the judged, and a look into it per message.

#include <guerdon/core/element_numbers.hpp>
#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/value.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace guerdon {

namespace op {
struct oni_retrieval_reward : host_kind {
  static constexpr info about{"oni_retrieval_reward", "exploration", "Reward looked up among judged messages (ONI)",
                              "arXiv:2410.23022", skeleton::host};
  struct inputs {
    view<const index_t> key;         ///< [N] of the messages
    view<const index_t> table_key;   ///< [K] of those judged, in order
    view<const double> table_label;  ///< [K] the verdicts
  };
  struct outputs {
    std::vector<double> reward;  ///< [N]
    std::vector<flag_t> known;   ///< [N] 1 = in the table
  };
  struct options {
    double default_reward = 0;  ///< of a message that is not known
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("key", &I::key, "N", integers(-3, 3)),
                      array("table_key", &I::table_key, "K", integers(-3, 3)),
                      array("table_label", &I::table_label, "K", integers(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), array("known", &O::known, "N"));
  }
  static constexpr auto parameters() { return std::tuple(option("default_reward", &options::default_reward)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Verdicts by the keys of their messages, saved by ascending keys.
class verdict_table {
 public:
  std::size_t size() const { return verdicts_.size(); }
  index_t key(std::size_t number) const { return verdicts_.element(number); }
  double verdict(std::size_t number) const { return verdicts_.value(number); }
  /// Null where the key is not known.
  const double* find(index_t key) const {
    const auto number = verdicts_.find(key);
    return number == verdicts_.none ? nullptr : &verdicts_.value(number);
  }
  void set(index_t key, double verdict) { verdicts_.value(verdicts_.of(key)) = verdict; }
  std::vector<std::pair<index_t, double>> ascending() const {
    std::vector<std::pair<index_t, double>> all;
    for (std::size_t k = 0; k < size(); ++k) all.emplace_back(key(k), verdict(k));
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return all;
  }
  /// False where the key is known.
  bool emplace(index_t key, double verdict) {
    if (find(key)) return false;
    set(key, verdict);
    return true;
  }

 private:
  element_numbers<index_t, double> verdicts_;
};

}  // namespace GUERDON_ABI

/// What a language model has said so far, beside a training that goes on: the table of oni_retrieval_reward.
///
///   const auto [reward, known] = judged.rewards(keys);   // ask about those that are not known, each once; then
///   judged.update(asked, verdicts);
struct oni_labels {
  op::oni_retrieval_reward::options options = {};
  verdict_table verdicts = {};

  static constexpr const char* name = "oni_labels";
  static constexpr auto fields() {
    using self = oni_labels;
    return std::tuple_cat(std::tuple(op::saved("verdicts", &self::verdicts)),
                          op::saved_options<op::oni_retrieval_reward>(&self::options));
  }

  bool knows(index_t key) const { return verdicts.find(key) != nullptr; }
  /// Takes verdicts in order: the later of two on one key counts.
  void update(view<const index_t> key, view<const double> verdict) {
    require(key.size() == verdict.size(), name, "verdict", "must be as many as the keys");
    for (index_t k = 0; k < key.size(); ++k) verdicts.set(key[k], verdict[k]);
  }
  op::oni_retrieval_reward::outputs rewards(view<const index_t> key) const {
    const std::size_t count = static_cast<std::size_t>(key.size());
    op::oni_retrieval_reward::outputs out{std::vector<double>(count), std::vector<flag_t>(count)};
    for (std::size_t i = 0; i < count; ++i) {
      const double* const verdict = verdicts.find(key[static_cast<index_t>(i)]);
      out.known[i] = verdict != nullptr;
      out.reward[i] = verdict ? *verdict : options.default_reward;
    }
    return out;
  }
  /// Takes the verdicts of another one; its own on the same keys are older.
  void merge(const oni_labels& other) {
    const verdict_table& theirs = other.verdicts;
    for (std::size_t k = 0; k < theirs.size(); ++k) verdicts.set(theirs.key(k), theirs.verdict(k));
  }
};

inline namespace GUERDON_ABI {

inline op::oni_retrieval_reward::outputs oni_retrieval_reward(const op::oni_retrieval_reward::inputs& in,
                                                              const op::oni_retrieval_reward::options& o = {}) {
  check<op::oni_retrieval_reward>(in, o);
  oni_labels judged{.options = o};
  judged.update(in.table_key, in.table_label);
  return judged.rewards(in.key);
}

}}  // namespace guerdon
