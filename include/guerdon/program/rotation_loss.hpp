#pragma once
// How far a rotation is from the nearest of those that will do, such as a cube's 24.
//
// $$\ell = \min_g \tanh(t_g / 8) \quad \text{or} \quad \min_g \tfrac{2}{\pi} \arcsin\sqrt{t_g / 8}, \qquad
//   t_g = \sum_{ij} (G_{ij} - R_{ij})^2 \in [0, 8]$$
//
// The second, `arcsin`, is the angle between both divided by pi.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, stack_cube.py (tanh), peg_insertion.py (arcsin).
//
// Details that differ:
// - None. What is no rotation is taken as it is; NaN stays.
//
// Cost: nine numbers per target. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/math.hpp>

namespace guerdon {

enum class rotation_form { tanh_trace, arcsin };
constexpr auto enumerators(rotation_form) { return std::array{"tanh_trace", "arcsin"}; }

namespace op {
struct rotation_loss : host_kind {
  static constexpr info about{"rotation_loss", "program", "Distance from the nearest wanted rotation (Text2Reward)",
                              "arXiv:2309.11489", skeleton::host};
  struct inputs {
    view<const double> rotation;  ///< [3,3] a rotation matrix, in rows
    view<const double> targets;   ///< [G,3,3] G >= 1 of them
  };
  struct outputs {
    double loss = 0;  ///< [1] in [0, 1], 0 at a match
  };
  struct options {
    rotation_form form = rotation_form::tanh_trace;  ///< of the squares' sum, or as an angle
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("rotation", &I::rotation, "3,3"), array("targets", &I::targets, "G,3,3"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("loss", &O::loss, "1")); }
  static constexpr auto parameters() { return std::tuple(choice("form", &options::form)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::rotation_loss::outputs rotation_loss(const op::rotation_loss::inputs& in,
                                                const op::rotation_loss::options& o = {}) {
  const auto rule = check<op::rotation_loss>(in, o);
  rule(in.targets.size() > 0, "targets", "must hold at least one rotation");
  double least = std::numeric_limits<double>::infinity();  // both forms grow with it
  for (index_t g = 0; g < in.targets.size(); g += 9) {
    double total = 0;
    for (index_t k = 0; k < 9; ++k) {
      const double apart = in.targets[g + k] - in.rotation[k];
      total += apart * apart;
    }
    least = math::nan_min(least, total);
  }
  if (o.form == rotation_form::tanh_trace) return {std::tanh(least / 8)};
  const double pi = 3.14159265358979323846;
  return {std::asin(math::clamp(math::sqrt(least / 8), 0.0, 1.0)) * 2 / pi};
}

}}  // namespace guerdon
