#pragma once
// Reward for several guesses at one place on a screen, in order: one sure hit pays most, and every further guess lowers
// the pay of a hit and softens a miss.
//
// $$r = f + c\,a, \qquad a = 1/\sqrt{n k}$$
//
// where the k-th of n points is the first in the box; where none is, $a = -1/n$.
//
// Points in a row are no guesses: three on a line make the answer invalid.
//
// Source: InfiGUI-G1, arXiv:2508.05731.
//
// Details that differ:
// - On a line are points i < j < k where $u = (y_j - y_i)(x_k - x_i)$ and $w = (y_k - y_i)(x_j - x_i)$ differ by at
//   most rtol times the larger, in double. Repeated points are on a line with any third. A point that is not finite is
//   on none; a NaN coordinate never hits.
// - The published code pays an empty list 1 - 1 = 0, more than anything malformed (`empty_is_invalid = false`, a = -1).
// - The edges of the box are inside. `collinear` is told of valid answers and with `collinear_check` only. No gradient.
//
// Cost: the cube of the number of guesses, which are few.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct ranked_point_reward {
  static constexpr info about{"ranked_point_reward", "shaping",
                              "Reward for the rank of the first guess that hits (InfiGUI-G1)", "arXiv:2508.05731",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> points;           ///< [P,2] x and y, in the order given
    segments answers;               ///< cuts the P points into N answers
    view<const T> box;              ///< [N,4] x1, y1, x2, y2
    view<const flag_t> valid = {};  ///< [N] 1 = the answer could be read; left out: all
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;          ///< [N]
    Of<index_t> rank;      ///< [N] place of the first hit, from 1; 0: none
    Of<flag_t> collinear;  ///< [N] 1 = three points on a line
  };
  struct options {
    double format_weight = 1;      ///< f, for an answer that could be read
    double accuracy_weight = 1;    ///< c
    double invalid_reward = -1;    ///< of an invalid answer
    bool collinear_check = true;   ///< points on a line are invalid
    double collinear_rtol = 1e-9;  ///< >= 0, how nearly
    bool empty_is_invalid = true;  ///< no points are invalid; false: a = -1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("points", &I::points, "P,2", integers(0, 4)),
                      cuts("answers", &I::answers, "N", "P").in_files("point_offsets"),
                      array("box", &I::box, "N,4", integers(0, 4)),
                      optional_array("valid", &I::valid, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), array("rank", &O::rank, "N"),
                      array("collinear", &O::collinear, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("format_weight", &options::format_weight),
                      option("accuracy_weight", &options::accuracy_weight),
                      option("invalid_reward", &options::invalid_reward),
                      flag("collinear_check", &options::collinear_check),
                      option("collinear_rtol", &options::collinear_rtol, at_least(0, 1e-3)),
                      flag("empty_is_invalid", &options::empty_is_invalid));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One answer.
template <class T>
struct ranked_points {
  op::ranked_point_reward::inputs<T> in;
  op::ranked_point_reward::outputs<T> out;
  op::ranked_point_reward::options o;

  GUERDON_HD double x(index_t p) const { return double(in.points[2 * p]); }
  GUERDON_HD double y(index_t p) const { return double(in.points[2 * p + 1]); }
  GUERDON_HD bool on_a_line(index_t i, index_t j, index_t k) const {
    const double u = (y(j) - y(i)) * (x(k) - x(i)), w = (y(k) - y(i)) * (x(j) - x(i));
    const double size = math::max(math::abs(u), math::abs(w));
    return math::is_finite(size) && math::abs(u - w) <= o.collinear_rtol * size;
  }
  GUERDON_HD bool any_on_a_line(index_t begin, index_t end) const {
    for (index_t i = begin; i < end; ++i)
      for (index_t j = i + 1; j < end; ++j)
        for (index_t k = j + 1; k < end; ++k)
          if (on_a_line(i, j, k)) return true;
    return false;
  }
  GUERDON_HD index_t first_hit(index_t begin, index_t end, index_t answer) const {
    const T* const box = in.box.data() + 4 * answer;
    for (index_t p = begin; p < end; ++p)
      if (x(p) >= box[0] && y(p) >= box[1] && x(p) <= box[2] && y(p) <= box[3]) return p - begin + 1;
    return 0;
  }
  GUERDON_HD void operator()(index_t answer) const {
    const index_t begin = in.answers.begin(answer), n = in.answers.size(answer), end = begin + n;
    const bool readable = !in.valid || in.valid[answer] != 0;
    const bool collinear = readable && o.collinear_check && any_on_a_line(begin, end);
    const bool counts = readable && !collinear && (n > 0 || !o.empty_is_invalid);
    const index_t rank = counts ? first_hit(begin, end, answer) : 0;
    const double accuracy = rank > 0 ? 1 / math::sqrt(double(n) * double(rank)) : -1 / (n > 0 ? double(n) : 1);
    out.reward[answer] = T(counts ? o.format_weight + o.accuracy_weight * accuracy : o.invalid_reward);
    out.rank[answer] = rank;
    out.collinear[answer] = collinear;
  }
};

/// Writes rewards, ranks and flags.
template <real T = float, backend Backend>
void ranked_point_reward(const Backend& backend, const op::ranked_point_reward::inputs<T>& in,
                         const op::ranked_point_reward::outputs<T>& out, const op::ranked_point_reward::options& o) {
  check<op::ranked_point_reward>(backend, in, out, o);
  backend.each(in.answers.count(), ranked_points<T>{in, out, o});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto ranked_point_reward(const Backend& backend, const op::ranked_point_reward::inputs<T>& in,
                         const op::ranked_point_reward::options& o = {}) {
  return returned<op::ranked_point_reward, T>(backend, in, o,
                                              [&](auto& out) { ranked_point_reward(backend, in, out, o); });
}

}}  // namespace guerdon
