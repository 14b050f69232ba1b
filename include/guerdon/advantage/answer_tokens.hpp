#pragma once
// One number per answer, on the answer's valid tokens.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/statistics/repeated_moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// The valid tokens of one answer; none of an answer without a group.
struct count_answer_tokens {
  static constexpr bool long_segments = true;
  segments rows, groups;
  view<const flag_t> mask;
  view<double> tokens;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const flag_t* const valid = mask.data() + rows.begin(row);
    const index_t n = groups.holds(row) ? rows.size(row) : 0;
    const double count = team.sum(n, [=](index_t i) { return valid[i] ? 1 : 0; });
    team.once([&] { tokens[row] = count; });
  }
};

/// The answer's number on its valid tokens, 0 elsewhere.
template <class T>
struct put_on_tokens {
  static constexpr bool long_segments = true;
  segments rows, groups;
  view<const flag_t> mask;
  view<const double> value;
  view<T> advantage;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const R x = groups.holds(row) ? R(value[row]) : R(0);
    const flag_t* const valid = mask.data() + rows.begin(row);
    T* const token = advantage.data() + rows.begin(row);
    team.each(rows.size(row), [=](index_t i) { token[i] = T(math::select(valid[i] != 0, x, R(0))); });
  }
};

/// Brings value[answer], which stands on each valid token of the answer, to mean 0 and deviation 1 over these tokens.
template <class Backend>
void whiten_on_tokens(const Backend& backend, const segments& rows, const segments& groups, view<const flag_t> mask,
                      view<double> value, double ddof, double epsilon, epsilon_mode mode) {
  auto scratch = backend.scratch();
  const auto spread = scratch.template take<moments>(1);
  const auto tokens = scratch.template take<double>(value.size());
  backend.for_segments(rows, count_answer_tokens{rows, groups, mask, tokens});
  repeated_moments(backend, value, tokens, spread);
  backend.each(value.size(), [=] GUERDON_HD(index_t row) {
    const double scale = spread_scale(spread[0].variance(ddof), epsilon, mode);
    value[row] = math::zero_select_product(value[row] - spread[0].mean, scale);
  });
}

}}  // namespace guerdon
