#pragma once
// The weight of an intrinsic reward by how often its message has come up in the episode.
//
// $$w = \max(n, 1)^{-\beta}$$
//
// Source: ONI, arXiv:2410.23022; facebookresearch/oni.
//
// Details that differ:
// - None; the released exponent is 3, for retrieval, classification and ranking alike. The counts are those of
//   episodic_visit_count.
//
// Cost: one number read, one written.

#include <guerdon/exploration/count_falloff.hpp>

namespace guerdon {

namespace op {
struct oni_count_weight {
  static constexpr info about{"oni_count_weight", "exploration", "Weight that falls with a message's count (ONI)",
                              "arXiv:2410.23022", skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> count;  ///< [N] visits of the message in its episode; below 1 counts as 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> weight;  ///< [N]
  };
  struct options {
    double exponent = 3;  ///< beta
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("count", &I::count, "N", integers(0, 9))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("weight", &O::weight, "N")); }
  static constexpr auto parameters() { return std::tuple(option("exponent", &options::exponent, drawn(0, 3))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the weights.
template <real T = float, backend Backend>
void oni_count_weight(const Backend& backend, const op::oni_count_weight::inputs<T>& in,
                      const op::oni_count_weight::outputs<T>& out, const op::oni_count_weight::options& o) {
  check<op::oni_count_weight>(backend, in, out, o);
  const count_falloff falloff{1, o.exponent};
  backend.each(in.count.size(), [=] GUERDON_HD(index_t i) { out.weight[i] = T(falloff(in.count[i])); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto oni_count_weight(const Backend& backend, const op::oni_count_weight::inputs<T>& in,
                      const op::oni_count_weight::options& o = {}) {
  return returned<op::oni_count_weight, T>(backend, in, o, [&](auto& out) { oni_count_weight(backend, in, out, o); });
}

}}  // namespace guerdon
