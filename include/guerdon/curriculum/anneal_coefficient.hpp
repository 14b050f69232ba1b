#pragma once
// The value of a coefficient at a training step, on its way from start to end.
//
// $$v = a + (b - a)\,t, \qquad t = \mathrm{clip}(\text{step} / \text{total},\ 0,\ 1)$$
//
// and $b + (a - b)(1 + \cos \pi t) / 2$ for `cosine`, a for `constant`.
//
// Source: the annealing coefficient of CRF, arXiv:2511.09158; the ways are this project's.
//
// Details that differ:
// - It is schedule_value with fewer switches, for one step. With `total_steps` = 0 the end is reached at once.
//
// Cost: none. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/curriculum/schedule_value.hpp>

namespace guerdon {

enum class anneal_schedule { linear, cosine, constant };
constexpr auto enumerators(anneal_schedule) { return std::array{"linear", "cosine", "constant"}; }

namespace op {
struct anneal_coefficient : host_kind {
  static constexpr info about{"anneal_coefficient", "curriculum", "Annealing coefficient at a training step (CRF)",
                              "arXiv:2511.09158", skeleton::host, 1e-5, true};
  struct inputs {};
  struct outputs {
    double value = 0;  ///< at this step
  };
  struct options {
    index_t step = required;                             ///< >= 0
    index_t total_steps = required;                      ///< >= 0
    double start = required;                             ///< finite, the value at step 0
    double end = required;                               ///< finite, the value from total_steps on
    anneal_schedule schedule = anneal_schedule::linear;  ///< the way between
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("value", &O::value, "1")); }
  static constexpr auto parameters() {
    return std::tuple(option("step", &options::step, counts(40)),
                      option("total_steps", &options::total_steps, counts(30)),
                      option("start", &options::start, finite().drawn(-2, 2)),
                      option("end", &options::end, finite().drawn(-2, 2)), choice("schedule", &options::schedule));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One step.
inline op::anneal_coefficient::outputs anneal_coefficient(const op::anneal_coefficient::options& o) {
  check<op::anneal_coefficient>(op::anneal_coefficient::inputs{}, o);
  constexpr schedule_kind kinds[] = {schedule_kind::linear, schedule_kind::cosine, schedule_kind::constant};
  const guerdon::schedule at{
      {.kind = kinds[static_cast<int>(o.schedule)], .start = o.start, .end = o.end, .total_steps = o.total_steps}};
  return {at(o.step)};
}
/// The form of every host operation; there is nothing to put in.
inline op::anneal_coefficient::outputs anneal_coefficient(const op::anneal_coefficient::inputs&,
                                                          const op::anneal_coefficient::options& o) {
  return anneal_coefficient(o);
}

}}  // namespace guerdon
