#pragma once
// A verifier that labels several times: whether one run is right, how many are, and whether the majority is; by nugget
// and by sample, which is right where all its nuggets are.
//
// $$\text{pass} = \text{mean}_n \max_{r<k} c_{rn}, \qquad \text{avg} = \text{mean}_n \frac{1}{k}\sum_{r<k} c_{rn},
//   \qquad \text{maj} = \text{mean}_n [\,\text{most frequent label}_n = y_n\,]$$
//
// with c = 1 where run r labels nugget n right.
//
// Source: Search-Gen-V, arXiv:2510.14660, nugget_eval/metrics.py.
//
// Details that differ:
// - -1 is unreadable, never right, and no vote. Nuggets without a vote are not in maj_nugget; of equally many votes the
//   label of the lower run wins.
// - Such a nugget makes its sample wrong in maj_sample; the released code drops the sample where it is its first nugget
//   (`drop_if_first_unparsed`).
// - Samples without nuggets do not count. A share of nothing is 0.
//
// Cost: the labels read once; the square of k per nugget. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <vector>

namespace guerdon {
namespace op {
struct multi_run_at_k : host_kind {
  static constexpr info about{"multi_run_at_k", "judge",
                              "Pass, average and majority of a verifier's runs (Search-Gen-V)",
                              "arXiv:2510.14660", skeleton::host};
  struct inputs {
    view<const index_t> truth;  ///< [N] right labels
    view<const index_t> pred;   ///< [R,N] of each run; -1: unreadable
    segments samples;           ///< cuts the N nuggets into S samples
  };
  struct outputs {
    double pass_nugget = 0;  ///< [1]
    double avg_nugget = 0;   ///< [1]
    double maj_nugget = 0;   ///< [1]
    double pass_sample = 0;  ///< [1]
    double avg_sample = 0;   ///< [1]
    double maj_sample = 0;   ///< [1]
  };
  struct options {
    index_t k = required;                 ///< 1..R: the first k runs count
    bool drop_if_first_unparsed = false;  ///< as the released code
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("truth", &I::truth, "N", integers(0, 2)), array("pred", &I::pred, "R,N", integers(-1, 2)),
                      cuts("samples", &I::samples, "S", "N").in_files("sample_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("pass_nugget", &O::pass_nugget, "1"), array("avg_nugget", &O::avg_nugget, "1"),
                      array("maj_nugget", &O::maj_nugget, "1"), array("pass_sample", &O::pass_sample, "1"),
                      array("avg_sample", &O::avg_sample, "1"), array("maj_sample", &O::maj_sample, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("k", &options::k, counts_from(1, 2)),
                      flag("drop_if_first_unparsed", &options::drop_if_first_unparsed));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace nuggets {

/// A share that grows: of nothing it is 0.
struct share {
  double sum = 0, count = 0;
  void add(double x) { sum += x, ++count; }
  double value() const { return count > 0 ? sum / count : 0; }
};

/// The label that most of the first k runs give nugget n, of equals that of the lowest run; -1: none is readable.
inline index_t majority_of(const op::multi_run_at_k::inputs& in, index_t k, index_t n) {
  const auto label = [&](index_t r) { return in.pred[r * in.truth.size() + n]; };
  index_t best = -1, most = 0;
  for (index_t r = 0; r < k; ++r) {
    if (label(r) == -1) continue;
    index_t votes = 0;
    for (index_t other = 0; other < k; ++other) votes += label(other) == label(r);
    if (votes > most) most = votes, best = label(r);
  }
  return best;
}

}  // namespace nuggets

/// The six shares.
inline op::multi_run_at_k::outputs multi_run_at_k(const op::multi_run_at_k::inputs& in,
                                                  const op::multi_run_at_k::options& o) {
  const auto rule = check<op::multi_run_at_k>(in, o);
  const index_t count = in.truth.size();
  rule(count == 0 || o.k <= in.pred.size() / count, "k", "must not be more than there are runs");
  nuggets::share pass[2], avg[2], maj[2];  // by nugget, by sample
  for (index_t s = 0; s < in.samples.count(); ++s) {
    const index_t begin = in.samples.begin(s), end = begin + in.samples.size(s);
    if (begin == end) continue;
    std::vector<flag_t> whole(static_cast<std::size_t>(o.k), 1);  // runs that are right on the whole sample
    bool majority_right = true;
    for (index_t n = begin; n < end; ++n) {
      index_t right = 0;
      for (index_t r = 0; r < o.k; ++r) {
        const index_t label = in.pred[r * count + n];
        const bool is_right = label != -1 && label == in.truth[n];
        right += is_right;
        if (!is_right) whole[static_cast<std::size_t>(r)] = 0;
      }
      pass[0].add(right > 0);
      avg[0].add(static_cast<double>(right) / static_cast<double>(o.k));
      const index_t majority = nuggets::majority_of(in, o.k, n);
      const bool agreed = majority != -1 && majority == in.truth[n];
      if (majority != -1) maj[0].add(agreed);
      majority_right &= agreed;
    }
    index_t right = 0;
    for (const flag_t w : whole) right += w;
    pass[1].add(right > 0);
    avg[1].add(static_cast<double>(right) / static_cast<double>(o.k));
    const bool dropped = o.drop_if_first_unparsed && nuggets::majority_of(in, o.k, begin) == -1;
    if (!dropped) maj[1].add(majority_right);
  }
  return {pass[0].value(), avg[0].value(), maj[0].value(), pass[1].value(), avg[1].value(), maj[1].value()};
}

}}  // namespace guerdon
