#pragma once
// Functions of one row of actions: few numbers, one after the other.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
/// One of the A actions of other arrays: both ends are the operation's to check (check_actions).
constexpr range one_action() { return {.draw_low = 0, .draws = range::index, .generator = "A"}; }
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// Every action is one. (On a device the host cannot look.)
template <class Backend>
void check_actions(const Backend&, const call_rules& rule, view<const index_t> action, index_t actions,
                   const char* argument) {
  if constexpr (Backend::on_host) {
    index_t least = 0, most = 0;  // compared once: the loop vectorises
    for (index_t i = 0; i < action.size(); ++i) {
      least = action[i] < least ? action[i] : least;
      most = action[i] > most ? action[i] : most;
    }
    rule(action.size() == 0 || (least >= 0 && most < actions), argument, "must be an action, from 0 to A-1");
  }
}
/// The same where each row has actions of its own.
template <class Backend>
void check_row_actions(const Backend&, const call_rules& rule, view<const index_t> action, const segments& rows,
                       const char* argument) {
  if constexpr (Backend::on_host)
    for (index_t n = 0; n < action.size(); ++n)
      rule(action[n] >= 0 && action[n] < rows.size(n), argument, "must be an action, from 0 to A-1");
}
/// No row is empty. (On a device the host looks at uniform rows only.)
template <class Backend>
void check_rows_filled(const Backend&, const call_rules& rule, const segments& rows, const char* argument,
                       const char* problem) {
  if (Backend::on_host || !(rows.ragged() || rows.padded()))
    for (index_t n = 0; n < rows.count(); ++n) rule(rows.size(n) > 0, argument, problem);
}

/// What stands at an action of row i. On the host read by itself: a gather into vector lanes takes twice as long.
template <class T>
GUERDON_HD T value_taken(const T* q, index_t i, index_t actions, index_t action) {
#ifdef __CUDA_ARCH__
  return q[i * actions + action];
#else
  return *static_cast<const volatile T*>(q + i * actions + action);
#endif
}

/// The sum of p q over a row, added up in Sum; an action of probability 0 is not looked at.
template <class Sum = double, class T>
GUERDON_HD T expected_value(const T* p, const T* q, index_t actions) {
  Sum sum = 0;
  for (index_t a = 0; a < actions; ++a) sum += math::zero_select_product(Sum(p[a]), Sum(q[a]));
  return T(sum);
}

/// The largest of a row; NaN if one is.
template <class T>
GUERDON_HD T largest_value(const T* q, index_t actions) {
  T most = -std::numeric_limits<T>::infinity();
  for (index_t a = 0; a < actions; ++a) most = math::nan_max(most, q[a]);
  return most;
}

/// A number of actions as a constant where they are few, so that the rows stand side by side in vector lanes; else 0.
template <class F>
GUERDON_HD void with_few_actions(index_t actions, F f) {
  switch (actions) {
    case 2: return f(std::integral_constant<index_t, 2>());
    case 3: return f(std::integral_constant<index_t, 3>());
    case 4: return f(std::integral_constant<index_t, 4>());
    case 6: return f(std::integral_constant<index_t, 6>());
    default: return f(std::integral_constant<index_t, 0>());
  }
}

template <index_t few, class T>
struct expected_of_row {
  const T *p, *q;
  T* value;
  index_t actions;
  GUERDON_HD void operator()(index_t i) const {
    const index_t n = few > 0 ? few : actions;
    using sum = std::conditional_t<(few > 0), T, double>;  // few numbers: nothing to gain from a wider one
    value[i] = expected_value<sum>(p + i * n, q + i * n, n);
  }
};
template <index_t few, class T>
struct largest_of_row {
  const T* q;
  T* value;
  index_t actions;
  GUERDON_HD void operator()(index_t i) const {
    const index_t n = few > 0 ? few : actions;
    value[i] = largest_value(q + i * n, n);
  }
};

/// value[i] = expected_value of row i, of n rows from the first one on, by a team.
template <class T>
struct expected_values {
  const T *p, *q;
  T* value;
  index_t actions;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t first, index_t n) const {
    const index_t begin = first * actions;
    with_few_actions(actions, [&]<index_t few>(std::integral_constant<index_t, few>) {
      team.each(n, expected_of_row<few, T>{p + begin, q + begin, value + first, actions});
    });
  }
};
/// The same of largest_value.
template <class T>
struct largest_values {
  const T* q;
  T* value;
  index_t actions;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t first, index_t n) const {
    with_few_actions(actions, [&]<index_t few>(std::integral_constant<index_t, few>) {
      team.each(n, largest_of_row<few, T>{q + first * actions, value + first, actions});
    });
  }
};

/// Where the first maximum of value(0..n-1) stands; -1 if one of them is NaN.
template <class F>
GUERDON_HD index_t first_largest(index_t n, F value) {
  index_t best = n > 0 ? 0 : -1;
  auto most = n > 0 ? value(index_t(0)) : decltype(value(index_t(0))){};
  bool number = most == most;
  for (index_t a = 1; a < n; ++a) {
    const auto x = value(a);
    number = number && x == x;
    if (x > most) most = x, best = a;
  }
  return number ? best : -1;
}

/// temperature * log sum exp(q / temperature): the largest where that is infinite or NaN.
template <class T>
GUERDON_HD double soft_maximum(const T* q, index_t actions, double temperature) {
  const double top = double(largest_value(q, actions));
  if (!math::is_finite(top)) return top;
  double sum = 0;
  for (index_t a = 0; a < actions; ++a) sum += math::exp((double(q[a]) - top) / temperature);
  return top + temperature * math::log(sum);
}

}  // namespace detail

}}  // namespace guerdon
