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
//
// Cost: one hash table of the judged, and a look into it per message.

#include <guerdon/core/element_numbers.hpp>
#include <guerdon/core/host_operation.hpp>

#include <algorithm>
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

inline op::oni_retrieval_reward::outputs oni_retrieval_reward(const op::oni_retrieval_reward::inputs& in,
                                                              const op::oni_retrieval_reward::options& o = {}) {
  check<op::oni_retrieval_reward>(in, o);
  element_numbers<index_t> judged;
  std::vector<double> label;  // by number, the default behind them
  for (index_t k = 0; k < in.table_key.size(); ++k) {
    const std::size_t number = judged.of(in.table_key[k]);
    if (number == label.size()) label.push_back(in.table_label[k]);
    else label[number] = in.table_label[k];
  }
  label.push_back(o.default_reward);
  const std::size_t count = static_cast<std::size_t>(in.key.size());
  op::oni_retrieval_reward::outputs out{std::vector<double>(count), std::vector<flag_t>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = judged.find(in.key[static_cast<index_t>(i)]);
    out.known[i] = number != judged.none;
    out.reward[i] = label[std::min<std::size_t>(number, judged.size())];
  }
  return out;
}

}}  // namespace guerdon
