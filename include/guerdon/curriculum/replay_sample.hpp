#pragma once
// Draws groups from a replay buffer in proportion to their scores.
//
// $$k_i = \min\Bigl\{k : \sum_{j \le k} s_j > u_i \sum_j s_j\Bigr\}$$
//
// over what is left: without replacement a group that was drawn is left out from then on.
//
// Source: TRL, experimental/grpo_with_replay_buffer.
//
// Details that differ:
// - A score of 0 is not drawn, unless all that is left is 0: then all of it is equally likely. Where rounding leaves
//   the sum short, the last one with a score is taken.
// - Without replacement more draws than groups are an error: a group twice in a batch should be asked for. With it an
//   empty buffer gives -1.
// - The random numbers are the caller's.
//
// Cost: the buffer once per draw; with replacement once, and a search per draw.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/curriculum/replay_score.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace guerdon {
namespace op {
struct replay_sample : host_kind {
  static constexpr info about{"replay_sample", "curriculum", "Draws groups in proportion to their scores", "",
                              skeleton::host};
  struct inputs {
    view<const double> buffer_score;  ///< [C] >= 0, finite, by slot
    view<const double> uniform;       ///< [n] from 0 and below 1, one per draw
  };
  struct outputs {
    std::vector<index_t> index;  ///< [n] slots; -1: the buffer is empty
  };
  struct options {
    bool with_replacement = false;  ///< a group may be drawn again
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("buffer_score", &I::buffer_score, "C", replay_score()),
                      array("uniform", &I::uniform, "N", unit_draw().without_nan()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("index", &O::index, "N")); }
  static constexpr auto parameters() { return std::tuple(flag("with_replacement", &options::with_replacement)); }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace detail {

/// Scores as they add up, so that a search finds who is drawn.
class score_wheel {
 public:
  /// Those of `score` that are left; none has a score: each counts 1.
  score_wheel(view<const double> score, const std::vector<char>& left) {
    const auto fill = [&](auto weight) {
      sums_.clear();
      double sum = 0;
      for (index_t k = 0; k < score.size(); ++k) {
        const double w = left[static_cast<std::size_t>(k)] ? weight(k) : 0;
        if (w > 0) last_ = k;
        sums_.push_back(sum += w);
      }
      return sum > 0;
    };
    if (!fill([&](index_t k) { return score[k]; })) fill([](index_t) { return 1.0; });
  }
  index_t draw(double u) const {
    if (sums_.empty()) return -1;
    const auto at = std::upper_bound(sums_.begin(), sums_.end(), u * sums_.back());
    return at == sums_.end() ? last_ : at - sums_.begin();
  }

 private:
  std::vector<double> sums_;
  index_t last_ = -1;
};

}  // namespace detail

/// One batch of draws.
inline op::replay_sample::outputs replay_sample(const op::replay_sample::inputs& in,
                                                const op::replay_sample::options& o = {}) {
  const auto rule = check<op::replay_sample>(in, o);
  const index_t held = in.buffer_score.size();
  rule(o.with_replacement || in.uniform.size() <= held, "with_replacement",
       "must be set where there are more draws than groups");
  std::vector<char> left(static_cast<std::size_t>(held), 1);
  op::replay_sample::outputs out;
  if (o.with_replacement) {
    const detail::score_wheel wheel(in.buffer_score, left);
    for (const double u : in.uniform) out.index.push_back(wheel.draw(u));
    return out;
  }
  for (const double u : in.uniform) {
    out.index.push_back(detail::score_wheel(in.buffer_score, left).draw(u));
    left[static_cast<std::size_t>(out.index.back())] = 0;
  }
  return out;
}

/// Several, in order.
inline auto replay_sample(const host_rows& rows, std::span<const op::replay_sample::inputs> in,
                          const op::replay_sample::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return replay_sample(row, o); });
}

}}  // namespace guerdon
