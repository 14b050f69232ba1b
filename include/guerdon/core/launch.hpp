#pragma once
// What a backend is, and the whole-array reductions that follow from its launches.
//
// A backend is an object with
//   on_host                               is its memory this process's memory?
//   array<T>, make<T>(n)                  its owning array, for operations that return their result
//   scratch()                             a workspace scope (core/workspace.hpp)
//   each(n, f)                            f(i) for i in 0..n-1, in any order
//   for_segments(segments, program)       a program (core/team.hpp) once per segment
//   recur_time_backward(layout, x_end, load, store)
//                                         per column b of a [T,B] array, from the last step to the first:
//                                         x = load(at)(x_next); store(at, x, x_next), at a time_index
// and may offer what saves a launch (for_segments_then below says what is done without it)
//   for_segments_then(segments, program, n, last)
//                                         the program once per segment, and when all are done `last` for one of n
//                                         elements, in one launch
//   recur_time_steps(layout, x_end, read, map, write)
//                                         recur_time_backward that reads a step once (below)
// and what orders, selects, counts or compacts. No array of a call overlaps another one; `count` is an array of one
// number, in the backend's memory as all of them:
//   sort_segments(segments, keys, sorted) ascending inside each segment
//   sort_pairs(keys, values, sorted_keys, sorted_values, below)
//                                         ascending by key, equal keys in the order they came. Keys that are known to
//                                         lie in 0..below-1 are sorted faster on a GPU; `below` may be left out
//   select(flags, values, kept, count)    kept[0..count[0]-1] = the values whose flag is not 0, in their order
//   reduce_by_key<Op>(keys, values, run_keys, totals, count)
//                                         per run of equal neighbours in keys its key and Op over its values;
//                                         integers, or the lowest or highest of floats (`order_free`)
//   exclusive_sum(values, sums)           sums[i] = values[0] + .. + values[i-1], one element more than values: the
//                                         offsets of segments of those lengths. Integers
// A backend whose memory the host cannot read has download(array), a std::vector of the array's elements.
// Keys hold no NaN. A sum of floats over runs is for_segments over the runs: no scan of a GPU's gives it the same bits
// twice.
// A backend is passed by reference and used by one caller at a time, like a stream. An exception that a functor or a
// program throws on the host leaves the launch as it would leave the plain loop: the first in the order of the indices,
// whatever number of threads worked on them. What the others wrote meanwhile is written.

#include <guerdon/core/segments.hpp>
#include <guerdon/core/storage.hpp>
#include <guerdon/core/team.hpp>
#include <guerdon/core/workspace.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

namespace detail {
struct nothing_to_do {  // a named type: nvcc knows no lambda in a concept
  GUERDON_HD void operator()(index_t) const {}
};
}  // namespace detail

template <class B>
concept backend = requires(const B& b, const segments& s) {
  { B::on_host } -> std::convertible_to<bool>;
  b.scratch();
  b.each(index_t(0), detail::nothing_to_do{});
};

/// A program once per segment, and when all of them are done `last`, for one segment of n elements: what becomes of all
/// that the segments left. One launch where the backend has it, else two.
template <class Backend, class Program, class Last>
void for_segments_then(const Backend& backend, const segments& s, const Program& program, index_t n, const Last& last) {
  if constexpr (requires { backend.for_segments_then(s, program, n, last); }) {
    backend.for_segments_then(s, program, n, last);
  } else {
    backend.for_segments(s, program);
    backend.for_segments(segments::uniform(1, n), last);
  }
}

template <class Read, class Map>
struct mapped_step {
  Read read;
  Map map;
  GUERDON_HD auto operator()(const time_index& at) const { return map(read(at)); }
};
template <class Read, class Write>
struct read_step {
  Read read;
  Write write;
  template <class R>
  GUERDON_HD void operator()(const time_index& at, R x, R next) const { write(at, read(at), x, next); }
};
/// recur_time_backward with x = map(read(at))(x_next) and write(at, read(at), x, x_next): a backend may read once.
template <class Backend, class End, class Read, class Map, class Write>
void recur_time_steps(const Backend& backend, const time_layout& layout, const End& x_end, const Read& read,
                      const Map& map, const Write& write) {
  if constexpr (requires { backend.recur_time_steps(layout, x_end, read, map, write); })
    backend.recur_time_steps(layout, x_end, read, map, write);
  else
    backend.recur_time_backward(layout, x_end, mapped_step<Read, Map>{read, map}, read_step<Read, Write>{read, write});
}

/// Is Op over such values the same in whatever order they are combined?
template <class Op, class Value>
concept order_free = (std::integral<Value> && (std::same_as<Op, add> || std::same_as<Op, lowest_number> ||
                                               std::same_as<Op, highest_number>)) ||
                     (std::floating_point<Value> && (std::same_as<Op, lowest> || std::same_as<Op, highest>));

/// The order of keys. A NaN comes after every number, on the host.
struct ascending {
  template <class Key>
  GUERDON_HD bool operator()(Key a, Key b) const {
    if constexpr (std::floating_point<Key>) return a < b || (b != b && a == a);
    else return a < b;
  }
};

/// What a whole-array pass over `n` elements is cut into: fixed blocks, so that no result depends on the number of
/// threads. 4096 floats fit the first-level cache.
inline constexpr index_t block_length = 4096;
GUERDON_HD inline index_t block_count(index_t n) { return (n + block_length - 1) / block_length; }

namespace detail {

template <class F, class... Op>
struct block_reduction {
  static constexpr bool long_segments = true;
  F f;
  index_t n;
  view<double> partial;  // [blocks, K]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t block) const {
    constexpr int K = sizeof...(Op);
    const index_t begin = block * block_length;
    const index_t length = n - begin < block_length ? n - begin : block_length;
    const auto total = team.template reduce<Op...>(length, [&](index_t i) { return f(begin + i); });
    team.once([&] {
      for (int k = 0; k < K; ++k) partial[block * K + k] = total[k];
    });
  }
};

template <class Consume, class... Op>
struct partial_reduction {
  static constexpr bool short_segments = true;
  view<const double> partial;
  Consume consume;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t) const {
    constexpr int K = sizeof...(Op);
    const auto total = team.template reduce<Op...>(partial.size() / K, [&](index_t block) {
      lanes<double, K> x;
      for (int k = 0; k < K; ++k) x[k] = partial[block * K + k];
      return x;
    });
    team.once([&] { consume(total); });
  }
};

struct few_elements {
  static constexpr bool short_segments = true;
};
struct many_elements {
  static constexpr bool long_segments = true;
};
template <class Size, class F, class Consume, class... Op>
struct one_segment_reduction : Size {
  F f;
  index_t n;
  Consume consume;

  GUERDON_HD one_segment_reduction(F f_, index_t n_, Consume consume_) : f(f_), n(n_), consume(consume_) {}
  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t) const {
    const auto total = team.template reduce<Op...>(n, f);
    team.once([&] { consume(total); });
  }
};

}  // namespace detail

/// consume(total) with total[k] = Op_k over i in 0..n-1 of f(i)[k], where f returns lanes and consume writes what
/// becomes of them. Runs where the backend's memory is; nothing comes back to the host.
template <class... Op, class Backend, class F, class Consume>
void reduce_array(const Backend& backend, index_t n, F f, Consume consume) {
  if (n <= block_length)
    return backend.for_segments(segments::uniform(1, n),
                                detail::one_segment_reduction<detail::many_elements, F, Consume, Op...>{f, n, consume});
  auto scratch = backend.scratch();
  const index_t blocks = block_count(n);
  const auto partial = scratch.template take<double>(blocks * static_cast<index_t>(sizeof...(Op)));
  backend.for_segments(segments::uniform(blocks, block_length), detail::block_reduction<F, Op...>{f, n, partial});
  backend.for_segments(segments::uniform(1, blocks), detail::partial_reduction<Consume, Op...>{partial, consume});
}

/// reduce_array of what there is little of, rows or groups: one segment, one team, in order.
template <class... Op, class Backend, class F, class Consume>
void reduce_few(const Backend& backend, index_t n, F f, Consume consume) {
  backend.for_segments(segments::uniform(1, n),
                       detail::one_segment_reduction<detail::few_elements, F, Consume, Op...>{f, n, consume});
}

namespace detail {
template <class Number>
struct copy_number {
  const Number* from;
  Number* to;
  GUERDON_HD void operator()(index_t) const { *to = *from; }
};
}  // namespace detail

/// A number that lies in the backend's memory, such as a count, on the host: waits for the launches so far.
template <class Number, class Backend>
Number number_at(const Backend& backend, const Number* at) {
  if constexpr (Backend::on_host) {
    return *at;
  } else {
    auto one = backend.template make<Number>(1);
    backend.each(1, detail::copy_number<Number>{at, one.data()});
    return backend.download(one)[0];
  }
}

/// Elements that segments cut, padding among them, by what they say themselves. Waits for the launches so far.
template <class Backend>
index_t elements_of(const Backend& backend, const segments& s) {
  return s.ragged() ? number_at<index_t>(backend, s.offsets().data() + s.count()) : s.count() * s.stride();
}

}}  // namespace guerdon
