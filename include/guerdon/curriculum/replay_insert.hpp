#pragma once
// A buffer of the best groups seen so far, of bounded size: a new one takes the place of the worst if it is better.
//
// $$\text{slot} = \begin{cases} C & C < \text{capacity} \\ \min\,\arg\min_k s_k & s > \min_k s_k \\ -1 &
//   \text{otherwise} \end{cases}$$
//
// for each new score in order; slots do not move, so that what belongs to a group can stay where it is.
//
//   guerdon::replay_buffer best{.options = {.capacity = 64}};
//   const auto slots = best.update(scores, ids);
//
// Source: TRL, experimental/grpo_with_replay_buffer.
//
// Details that differ:
// - A score equal to the smallest is refused; of several that are smallest the lowest slot gives way. TRL keeps a heap
//   of pairs of score and data and fails on equal scores, because the data are compared then.
// - A score that is not finite, or negative, is an error, and nothing of the call is inserted: replay_sample could not
//   draw from it.
//
// Cost: the logarithm of the buffer's size per score, and the buffer once per call.

#include <guerdon/core/value.hpp>
#include <guerdon/curriculum/replay_score.hpp>

#include <queue>
#include <vector>

namespace guerdon {
namespace op {
struct replay_insert : value_kind {
  static constexpr info about{"replay_insert", "curriculum", "Keeps the groups of the highest scores", "",
                              skeleton::host};
  struct inputs {
    view<const double> buffer_score;  ///< [C] of the groups held, by slot
    view<const index_t> buffer_id;    ///< [C] which they are
    view<const double> score;         ///< [n] of new groups, in order
    view<const index_t> id;           ///< [n]
  };
  struct outputs {
    std::vector<double> buffer_score;  ///< [at most capacity]
    std::vector<index_t> buffer_id;    ///< [at most capacity]
    std::vector<index_t> slot;         ///< [n] where each went; -1: refused
  };
  struct options {
    index_t capacity = 64;  ///< >= 0, slots
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("buffer_score", &I::buffer_score, "C", replay_score()),
                      array("buffer_id", &I::buffer_id, "C", integers(0, 99)),
                      array("score", &I::score, "N", replay_score()), array("id", &I::id, "N", integers(0, 99)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("buffer_score", &O::buffer_score, "M"), array("buffer_id", &O::buffer_id, "M"),
                      array("slot", &O::slot, "N"));
  }
  static constexpr auto parameters() { return std::tuple(option("capacity", &options::capacity, counts(9))); }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace detail {

/// Where each of the new scores goes; takes them into the buffer.
inline std::vector<index_t> insert_best(view<const double> new_score, view<const index_t> new_id, index_t capacity,
                                        std::vector<double>& score, std::vector<index_t>& id) {
  using entry = std::pair<double, index_t>;
  std::priority_queue<entry, std::vector<entry>, std::greater<>> worst;  // smallest score, then lowest slot
  for (std::size_t k = 0; k < score.size(); ++k) worst.emplace(score[k], static_cast<index_t>(k));
  std::vector<index_t> slots;
  slots.reserve(static_cast<std::size_t>(new_score.size()));
  for (index_t i = 0; i < new_score.size(); ++i) {
    index_t slot = static_cast<index_t>(score.size());
    if (slot < capacity) {
      score.push_back(new_score[i]);
      id.push_back(new_id[i]);
    } else if (!worst.empty() && new_score[i] > worst.top().first) {
      slot = worst.top().second;
      worst.pop();
      score[static_cast<std::size_t>(slot)] = new_score[i];
      id[static_cast<std::size_t>(slot)] = new_id[i];
    } else {
      slot = -1;
    }
    if (slot >= 0) worst.emplace(new_score[i], slot);
    slots.push_back(slot);
  }
  return slots;
}

}  // namespace detail

inline op::replay_insert::outputs updated(op::replay_insert, const op::replay_insert::inputs& in,
                                          const op::replay_insert::options& o = {}) {
  const auto rule = check<op::replay_insert>(in, o);
  rule(in.buffer_score.size() <= o.capacity, "capacity", "must be at least the number of groups held");
  op::replay_insert::outputs out;
  out.buffer_score.assign(in.buffer_score.begin(), in.buffer_score.end());
  out.buffer_id.assign(in.buffer_id.begin(), in.buffer_id.end());
  out.slot = detail::insert_best(in.score, in.id, o.capacity, out.buffer_score, out.buffer_id);
  return out;
}

}  // namespace GUERDON_ABI

/// The buffer: scores and ids by slot. replay_sample draws from its scores.
struct replay_buffer {
  op::replay_insert::options options = {};
  std::vector<double> score = {};
  std::vector<index_t> id = {};

  static constexpr const char* name = "replay_buffer";
  static constexpr auto fields() {
    using self = replay_buffer;
    return std::tuple_cat(std::tuple(op::saved("score", &self::score), op::saved("id", &self::id)),
                          op::saved_options<op::replay_insert>(&self::options));
  }

  /// Takes new groups in; where each went, -1 where it was refused.
  [[gnu::always_inline]] std::vector<index_t> update(view<const double> new_score, view<const index_t> new_id) {
    const auto rule = check<op::replay_insert>(op::replay_insert::inputs{score, id, new_score, new_id}, options);
    const bool fits = static_cast<index_t>(score.size()) <= options.capacity;
    rule(fits, "capacity", "must be at least the number of groups held");
    return detail::insert_best(new_score, new_id, options.capacity, score, id);
  }
};

}  // namespace guerdon
