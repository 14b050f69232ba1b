#pragma once
// Every launch as a composition of Thrust algorithms under an execution policy.
//
//   guerdon::host_thrust cpu;                                   // THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP
//   guerdon::thrust_backend gpu{thrust::cuda::par.on(stream)};  // the same text on a GPU
//
// One thread walks a segment or a column: right for groups, slow for long rows, for which guerdon::cuda_backend has teams.
// With the host system it needs neither a GPU nor nvcc, only the toolkit's headers.

#include <guerdon/adapt/thrust.hpp>
#include <guerdon/backend/composed_sort.hpp>
#include <guerdon/core/launch.hpp>

#include <thrust/copy.h>
#include <thrust/device_free.h>
#include <thrust/device_malloc.h>
#include <thrust/execution_policy.h>
#include <thrust/fill.h>
#include <thrust/for_each.h>
#include <thrust/functional.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sort.h>
#include <thrust/transform_scan.h>

#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

namespace detail {

inline constexpr bool thrust_device_is_host = THRUST_DEVICE_SYSTEM != THRUST_DEVICE_SYSTEM_CUDA;

/// Memory of Thrust's device system.
struct thrust_memory {
  static void* allocate(std::size_t bytes) { return ::thrust::raw_pointer_cast(::thrust::device_malloc(bytes)); }
  static void release(void* data) { ::thrust::device_free(::thrust::device_pointer_cast(data)); }
};

/// An array of Thrust's device system that hands out plain pointers, as views want them.
template <class T>
struct thrust_array : ::thrust::device_vector<T> {
  using base = ::thrust::device_vector<T>;
  using base::base;
  T* data() { return ::thrust::raw_pointer_cast(base::data()); }
  const T* data() const { return ::thrust::raw_pointer_cast(base::data()); }
};

template <class Program>
struct run_alone {
  Program program;
  GUERDON_HD void operator()(index_t segment) const {
    serial_team team;
    program(team, segment);
  }
};

struct is_set {
  GUERDON_HD bool operator()(flag_t flag) const { return flag != 0; }
};

struct as_index {
  template <class Value>
  GUERDON_HD index_t operator()(Value value) const { return static_cast<index_t>(value); }
};

template <class Op>
struct combine {
  template <class Value>
  GUERDON_HD Value operator()(Value a, Value b) const { return Op::combine(a, b); }
};

template <class End, class Load, class Store>
struct walk_column {
  time_layout layout;
  End x_end;
  Load load;
  Store store;
  GUERDON_HD void operator()(index_t b) const {
    serial_team{}.recur_backward(
        layout.steps, x_end(b), [&](index_t t) { return load(layout.at(t, b)); },
        [&](index_t t, auto x, auto next) { store(layout.at(t, b), x, next); });
  }
};

}  // namespace detail

template <class Policy = std::remove_cvref_t<decltype(::thrust::device)>>
class thrust_backend {
 public:
  static constexpr bool on_host = detail::thrust_device_is_host;
  template <class T>
  using array = std::conditional_t<on_host, std::vector<T>, detail::thrust_array<T>>;

  explicit thrust_backend(const Policy& policy = ::thrust::device) : policy_(policy) {}

  template <class T>
  array<T> make(index_t n) const { return array<T>(static_cast<std::size_t>(n)); }
  template <class T>
  array<T> upload(const std::vector<T>& host) const { return array<T>(host.begin(), host.end()); }
  template <class T>
  std::vector<T> download(const array<T>& from) const {
    std::vector<T> host(from.size());
    ::thrust::copy(from.begin(), from.end(), host.begin());
    return host;
  }
  workspace<detail::thrust_memory>::scope scratch() const {
    return workspace<detail::thrust_memory>::scope(workspace_);
  }

  template <class F>
  void each(index_t n, const F& f) const {
    ::thrust::for_each_n(policy_, ::thrust::counting_iterator<index_t>(0), n, f);
  }

  template <class Program>
  void for_segments(const segments& s, const Program& program) const {
    each(s.count(), detail::run_alone<Program>{program});
  }

  template <class End, class Load, class Store>
  void recur_time_backward(const time_layout& layout, const End& x_end, const Load& load, const Store& store) const {
    each(layout.columns, detail::walk_column<End, Load, Store>{layout, x_end, load, store});
  }

  // Thrust takes scratch memory of its own, and waits for the counts.
  template <class Key, class Value>
  void sort_pairs(view<const Key> keys, view<const Value> values, view<Key> sorted_keys, view<Value> sorted_values,
                  Key = {}) const {
    ::thrust::copy(policy_, keys.begin(), keys.end(), sorted_keys.data());
    ::thrust::copy(policy_, values.begin(), values.end(), sorted_values.data());
    const auto first = sorted_keys.data(), last = first + keys.size();
    if constexpr (std::is_integral_v<Key>)  // by radix, of which the host's tells -0.0 from 0.0
      ::thrust::stable_sort_by_key(policy_, first, last, sorted_values.data());
    else ::thrust::stable_sort_by_key(policy_, first, last, sorted_values.data(), ascending());
  }

  template <class Value>
  void select(view<const flag_t> flags, view<const Value> values, view<Value> kept, view<index_t> count) const {
    const auto end = ::thrust::copy_if(policy_, values.begin(), values.end(), flags.data(), kept.data(),
                                       detail::is_set{});
    ::thrust::fill_n(policy_, count.data(), 1, static_cast<index_t>(end - kept.data()));
  }

  template <class Op, class Key, class Value>
    requires order_free<Op, Value>
  void reduce_by_key(view<const Key> keys, view<const Value> values, view<Key> run_keys, view<Value> totals,
                     view<index_t> count) const {
    const auto ends = ::thrust::reduce_by_key(policy_, keys.begin(), keys.end(), values.data(), run_keys.data(),
                                              totals.data(), ::thrust::equal_to<Key>{}, detail::combine<Op>{});
    ::thrust::fill_n(policy_, count.data(), 1, static_cast<index_t>(ends.first - run_keys.data()));
  }

  template <std::integral Value>
  void exclusive_sum(view<const Value> values, view<index_t> sums) const {
    ::thrust::fill_n(policy_, sums.data(), 1, index_t(0));
    ::thrust::transform_inclusive_scan(policy_, values.begin(), values.end(), sums.data() + 1, detail::as_index{},
                                       ::thrust::plus<index_t>{});
  }

  template <class Key>
  void sort_segments(const segments& s, view<const Key> keys, view<Key> sorted) const {
    detail::composed_sort(*this, s, keys, sorted);
  }

 private:
  Policy policy_;
  mutable workspace<detail::thrust_memory> workspace_;
};

/// Thrust's default device system: the host, where THRUST_DEVICE_SYSTEM says so.
using host_thrust = thrust_backend<>;

}}  // namespace guerdon
