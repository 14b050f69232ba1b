// Does the random comparison see anything? A small operation, described like any other, and copies of its
// program with one fault planted in each, as a backend's own overload might have it: each must be found, and
// the program without a fault must pass.

#include "faults.hpp"
#include "eigen_runs.hpp"
#include "host_runs.hpp"

#include <guerdon/statistics/moments.hpp>

#include <doctest/doctest.h>

namespace guerdon {
namespace {

enum class fault {
  none,
  missing_barrier,      // reads what another member wrote, without a collective between
  mask_by_multiplying,  // 0 * NaN
  naive_variance,       // E[x^2] - E[x]^2 in float
  last_of_block,        // forgets an element after every full vector block
  swallowed_nan,        // a clamp that turns NaN into its bound
  written_early,        // writes before it has checked
  empty_segment,        // 0/0 for a segment without elements
  narrow_sum            // adds up in the storage type
};

fault active = fault::none;  // in every backend but the oracle

struct planted_op {
  static constexpr op::info about{"planted", "tests", "An operation with a known fault", "",
                                  op::skeleton::segmented_reduce};
  template <storage T>
  struct inputs {
    view<const T> value;
    view<const flag_t> mask;
    segments groups;
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> centred, mean, variance;
  };
  struct options {
    double limit = 5;  ///< values are clamped to [-limit * 1e4, limit * 1e4] first
    bool refused = false;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::array("value", &I::value, "N"), op::array("mask", &I::mask, "N", op::yes_or_no()),
                      op::cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(op::array("centred", &O::centred, "N"), op::array("mean", &O::mean, "G"),
                      op::array("variance", &O::variance, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(op::option("limit", &options::limit, op::greater_than(0, 2, 5)),
                      op::flag("refused", &options::refused));
  }
};
template <class T>
using planted_inputs = planted_op::inputs<T>;
template <class T>
using planted_outputs = planted_op::outputs<T>;
using planted_options = planted_op::options;

/// Mean and variance of each group's valid values, and the values without their mean.
template <class T>
struct planted_program {
  planted_inputs<T> in;
  planted_outputs<T> out;
  double limit;
  fault f;

  template <class Team>
  void operator()(Team& team, index_t g) const {
    using R = real_t<T>;
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto clamped = [&](index_t i) {
      const R x = R(in.value[begin + i]), bound = R(limit * 1e4);
      if (f == fault::swallowed_nan) return x < bound ? (x > -bound ? x : -bound) : bound;
      return math::clamp(x, -bound, bound);
    };
    const auto masked = [&](index_t i) {
      const R valid = in.mask[begin + i] ? R(1) : R(0);
      if (f == fault::mask_by_multiplying) return valid * clamped(i);
      return math::select(in.mask[begin + i] != 0, clamped(i), R(0));
    };
    const moments m = segment_moments(team, n, [&](index_t i) {
      return counted_value<R>{clamped(i), in.mask[begin + i] != 0};
    });
    double mean = m.mean, variance = m.variance(0);
    if (f == fault::mask_by_multiplying) mean = m.count > 0 ? team.sum(n, masked) / m.count : 0;
    if (f == fault::naive_variance) {
      const auto sums = team.template reduce<add, add>(n, [&](index_t i) {
        return lanes{masked(i), masked(i) * masked(i)};
      });
      const R average = m.count > 0 ? R(sums[0] / m.count) : R(0);
      variance = m.constant() ? 0 : m.count > 0 ? double(R(sums[1] / m.count) - average * average) : 0;
    }
    if (f == fault::empty_segment) mean = team.sum(n, masked) / m.count;
    if (f == fault::narrow_sum) {
      T total = T(R(0));
      for (index_t i = 0; i < n; ++i) total = T(R(total) + masked(i));
      mean = m.count > 0 ? double(R(total)) / m.count : 0;
    }
    const auto centred = [&](index_t i) {
      return math::select(in.mask[begin + i] != 0, detail::centred(clamped(i), mean), R(0));
    };
    if (f == fault::missing_barrier) {
      team.each(n, [&](index_t i) { out.centred[begin + n - 1 - i] = T(R(0.5) * centred(n - 1 - i)); });
      team.each(n, [&](index_t i) { out.centred[begin + i] = T(R(2) * R(out.centred[begin + i])); });
    } else {
      team.each(n, [&](index_t i) {
        if (f == fault::last_of_block && i > 0 && i % 512 == 0) return;
        out.centred[begin + i] = T(centred(i));
      });
    }
    team.once([&] {
      out.mean[g] = T(mean);
      out.variance[g] = T(variance);
    });
  }
};

struct planted_call {
  template <class T, class Backend>
  static void call(const Backend& backend, const planted_inputs<T>& in, const planted_outputs<T>& out,
                   const planted_options& o) {
    constexpr bool oracle = std::is_same_v<Backend, scalar_backend> && std::is_same_v<T, double>;
    const fault f = oracle ? fault::none : active;
    if (f == fault::written_early && out.mean.size() > 0) out.mean[0] = T(real_t<T>(0));
    const auto rule = check<planted_op>(backend, in, out, o);
    rule(!o.refused, "refused", "must be false");
    backend.for_segments(in.groups, planted_program<T>{in, out, o.limit, f});
  }
};

std::vector<std::string> failures(fault f) {
  active = f;
  static const harness::array_table table = [] {
    using namespace harness;
    array_table t = table_of<planted_op>();
    add_runs<planted_op, planted_call, backend_id::scalar, scalar_of, double, float, float16>(t);
    add_runs<planted_op, planted_call, backend_id::emulated, emulated_of, double>(t);
    add_runs<planted_op, planted_call, backend_id::eigen, eigen_of, double, float, float16, bfloat16>(t);
    return t;
  }();
  return harness::random_calls(harness::bind(table), 4).failures;
}

/// A loss whose gradient, threads and checks can go wrong.
enum class loss_fault { none, wrong_gradient, sum_by_threads, unchecked_option };
loss_fault active_loss = loss_fault::none;

struct planted_loss_op {
  static constexpr op::info about{"planted_loss", "tests", "A loss with a known fault", "",
                                  op::skeleton::global_reduce};
  template <storage T>
  struct inputs {
    view<const T> value;
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> loss, gradient;
  };
  struct options {
    double scale = 1;
  };
  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::array("value", &I::value, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(op::array("loss", &O::loss, "1"), op::array("gradient", &O::gradient, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(op::option("scale", &options::scale, op::greater_than(0, 0.5, 2)));
  }
  static constexpr std::array gradients{op::gradient{"gradient", "loss", "value"}};
};

struct planted_loss_call {
  template <class T, class Backend>
  static void call(const Backend& backend, const planted_loss_op::inputs<T>& in, const planted_loss_op::outputs<T>& out,
                   const planted_loss_op::options& o) {
    using R = real_t<T>;
    if (active_loss != loss_fault::unchecked_option) check<planted_loss_op>(backend, in, out, o);
    const R scale = R(o.scale), slope = active_loss == loss_fault::wrong_gradient ? R(1) : R(2);
    backend.each(in.value.size(), [=](index_t i) { out.gradient[i] = T(slope * scale * R(in.value[i])); });
    if constexpr (requires { backend.threads(); }) {
      if (active_loss == loss_fault::sum_by_threads) {  // as many partial sums as threads
        const index_t n = in.value.size(), parts = backend.threads();
        R total = 0;
        for (index_t k = 0; k < parts; ++k) {
          R part = 0;
          for (index_t i = n * k / parts; i < n * (k + 1) / parts; ++i) part += scale * R(in.value[i]) * R(in.value[i]);
          total += part;
        }
        out.loss[0] = T(total);
        return;
      }
    }
    reduce_array<add>(
        backend, in.value.size(), [=](index_t i) { return lanes{scale * R(in.value[i]) * R(in.value[i])}; },
        [=](const lanes<double, 1>& total) { out.loss[0] = T(total[0]); });
  }
};

const harness::operation& planted_loss() {
  using namespace harness;
  static const array_table table = [] {
    array_table t = table_of<planted_loss_op>();
    add_runs<planted_loss_op, planted_loss_call, backend_id::scalar, scalar_of, double>(t);
    add_runs<planted_loss_op, planted_loss_call, backend_id::eigen, eigen_of, double, float>(t);
    return t;
  }();
  static const operation op = bind(table);
  return op;
}


TEST_CASE("gradient checks, thread checks and refusals find a planted fault each, and nothing without one") {
  const auto check_all = [](loss_fault f) {
    active_loss = f;
    return std::array{harness::gradient_failures(planted_loss()).size(),
                      harness::thread_failures(planted_loss()).size(),
                      harness::refusal_failures(planted_loss()).size()};
  };
  CHECK(check_all(loss_fault::none) == std::array<std::size_t, 3>{0, 0, 0});
  CHECK(check_all(loss_fault::wrong_gradient)[0] > 0);
  CHECK(check_all(loss_fault::sum_by_threads)[1] > 0);
  CHECK(check_all(loss_fault::unchecked_option)[2] > 0);
}

}  // namespace

TEST_CASE("the random comparison passes an operation without a fault and finds every planted one") {
  const auto innocent = failures(fault::none);
  if (!innocent.empty()) FAIL_CHECK(innocent.front());
  const auto found = [](const std::vector<std::string>& f, const std::string& what) {
    CHECK_MESSAGE(!f.empty(), "nothing saw " << what);
  };
  found(failures(fault::missing_barrier), "a missing barrier");
  found(failures(fault::mask_by_multiplying), "a mask that multiplies");
  found(failures(fault::naive_variance), "a naive variance");
  found(failures(fault::last_of_block), "an element lost per block");
  found(failures(fault::swallowed_nan), "a swallowed NaN");
  found(failures(fault::empty_segment), "an empty segment divided by its size");
  found(failures(fault::written_early), "a write before the check");
  found(failures(fault::narrow_sum), "a sum in the storage type");  // of halves: float is not seen on so few values
}

}  // namespace guerdon
