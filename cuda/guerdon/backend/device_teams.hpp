#pragma once
// The teams of many threads that run a segment program on a GPU: 8 lanes, a warp of 32, a block.
//
// They are written against a `machine`, which knows its thread's number and moves values between threads:
//   thread()                     this thread's number in the block
//   shuffle(value, lane, width)  `value` of that lane of the aligned group of `width` threads
//   sync()                       waits for the whole block
//   any(flag)                    waits for the whole block; does one thread say true?
//   last_of(arrived, blocks)     waits for the whole block; is it the last of so many to come here? Then it sees what
//                                the others wrote before. `arrived` is 0 before a launch, and after
// The hardware's machine stands in cuda.cuh; the tests bring one of fibers, so that this very text also runs where
// there is no GPU. Everything is a fixed tree or a fixed order: the same bits every run.

#include <guerdon/core/segments.hpp>
#include <guerdon/core/team.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace device {

inline constexpr int block_threads = 256;
inline constexpr int warp_threads = 32;
inline constexpr int block_warps = block_threads / warp_threads;
inline constexpr int tile_threads = 8;

/// Who takes a segment depends on its length alone, so a segment's result does not depend on its neighbours.
inline constexpr index_t tile_longest = 32;   ///< up to here 8 lanes
inline constexpr index_t warp_longest = 256;  ///< up to here a warp, beyond it a block

/// Where the warps of a block meet: two sets of slots in turn, so that a warp may fill the next set while others
/// still read this one, and one barrier per collective is enough.
struct block_storage {
  static constexpr int slot_bytes = 64;
  alignas(16) unsigned char slot[2][block_warps][slot_bytes];
};

namespace detail {

template <class... Op>
GUERDON_HD void merge(lanes<double, sizeof...(Op)>& total, const lanes<double, sizeof...(Op)>& next) {
  int k = 0;
  ((total[k] = Op::combine(total[k], next[k]), ++k), ...);
}

}  // namespace detail

/// Of the steps of a team's members, one each: the composition of those walked before a member's own, and of all.
template <class Step>
struct scanned {
  Step before, whole;
};

/// How the members of a team combine what each of them holds: by shuffles within a warp, by slots across warps.
template <class Machine>
class own_collectives {
 public:
  using storage = block_storage;

  GUERDON_HD own_collectives(const Machine& machine, block_storage& slots, int members)
      : machine_(machine), slots_(slots), members_(members), width_(members < warp_threads ? members : warp_threads) {}

  template <class... Op>
  GUERDON_HD lanes<double, sizeof...(Op)> reduce(lanes<double, sizeof...(Op)> total) {
    for (int step = 1; step < width_; step *= 2) {
      auto other = machine_.shuffle(total, lane() ^ step, width_);
      // The lower lane stands on the left on both sides: all lanes get the same bits, the sign of zero included.
      if (lane() & step) detail::merge<Op...>(other, total), total = other;
      else detail::merge<Op...>(total, other);
    }
    if (members_ > warp_threads) {
      exchange(total);
      total = of_warp<lanes<double, sizeof...(Op)>>(0);
      for (int w = 1; w < block_warps; ++w)
        detail::merge<Op...>(total, of_warp<lanes<double, sizeof...(Op)>>(w));
    }
    return total;
  }

  template <bool backward, class Step>
  GUERDON_HD scanned<Step> scan(Step step) {
    const int towards_start = backward ? 1 : -1;
    const int place = backward ? width_ - 1 - lane() : lane();  // in the order of the walk
    for (int distance = 1; distance < width_; distance *= 2) {
      const bool has_earlier = place >= distance;
      const auto earlier = machine_.shuffle(step, has_earlier ? lane() + towards_start * distance : lane(), width_);
      if (has_earlier) step = compose(step, earlier);
    }
    scanned<Step> result{machine_.shuffle(step, place > 0 ? lane() + towards_start : lane(), width_),
                         machine_.shuffle(step, backward ? 0 : width_ - 1, width_)};
    if (place == 0) result.before = Step::identity();
    if (members_ <= warp_threads) return result;

    exchange(result.whole);
    const int warp = machine_.thread() / warp_threads;
    const int warp_place = backward ? block_warps - 1 - warp : warp;
    Step whole = Step::identity(), before = whole;
    for (int p = 0; p < block_warps; ++p) {
      if (p == warp_place) before = whole;
      whole = compose(of_warp<Step>(backward ? block_warps - 1 - p : p), whole);
    }
    return {compose(result.before, before), whole};
  }

 private:
  GUERDON_HD int lane() const { return machine_.thread() % width_; }

  /// What the warps of the block have to say to each other.
  template <class V>
  GUERDON_HD void exchange(const V& value) {
    static_assert(sizeof(V) <= block_storage::slot_bytes, "more lanes than a warp's slot holds: raise slot_bytes");
    turn_ ^= 1;
    if (lane() == 0) __builtin_memcpy(slots_.slot[turn_][machine_.thread() / warp_threads], &value, sizeof(V));
    machine_.sync();
  }
  template <class V>
  GUERDON_HD V of_warp(int warp) const {
    V value;
    __builtin_memcpy(&value, slots_.slot[turn_][warp], sizeof(V));
    return value;
  }

  const Machine& machine_;
  block_storage& slots_;
  int members_, width_;
  unsigned turn_ = 0;
};

/// 8 or 32 neighbouring lanes, or the block: member k takes the indices k, k + members, k + 2 members, ... The size is
/// a number, not a type, so that a program becomes machine code once. What the members have to do together is the
/// Collectives': guerdon's own, or CUB's (cub_team.cuh).
template <class Collectives>
class team {
 public:
  using storage = typename Collectives::storage;

  template <class Machine>
  GUERDON_HD team(const Machine& machine, storage& shared, int members)
      : together_(machine, shared, members), members_(members), rank_(machine.thread() % members) {}

  GUERDON_HD index_t members() const { return members_; }

  template <class F>
  GUERDON_HD void once(F f) {
    if (rank_ == 0) f();
  }

  template <class F>
  GUERDON_HD void each(index_t n, F f) {
    for (index_t i = rank_; i < n; i += members_) f(i);
  }

  template <class F>
  GUERDON_HD double sum(index_t n, F f) {
    return reduce<add>(n, [&](index_t i) { return lanes{f(i)}; })[0];
  }

  template <class... Op, class F>
  GUERDON_HD lanes<double, sizeof...(Op)> reduce(index_t n, F f) {
    lanes<double, sizeof...(Op)> total{{Op::identity...}};
    for (index_t i = rank_; i < n; i += members_) {
      const auto x = f(i);
      int k = 0;
      ((total[k] = Op::combine(total[k], static_cast<double>(x[k])), ++k), ...);
    }
    return together_.template reduce<Op...>(total);
  }

  template <class R, class Load, class Store>
  GUERDON_HD void recur_backward(index_t n, R x, Load load, Store store) {
    recur<true>(n, x, load, store);
  }
  template <class R, class Load, class Store>
  GUERDON_HD void recur_forward(index_t n, R x, Load load, Store store) {
    recur<false>(n, x, load, store);
  }

 private:
  template <bool backward, class R, class Load, class Store>
  GUERDON_HD void recur(index_t n, R x, Load& load, Store& store) {
    const index_t tiles = (n + members_ - 1) / members_;
    const index_t stride = backward ? -members_ : members_;
    using step_t = decltype(load(index_t(0)));
    index_t i = (backward ? (tiles - 1) * members_ : 0) + rank_;
    step_t step = 0 <= i && i < n ? load(i) : step_t::identity();
    for (index_t tile = 0; tile < tiles; ++tile, i += stride) {
      // The next tile's step is on its way while this one waits for the other members.
      const index_t after = i + stride;
      const step_t next_step = 0 <= after && after < n ? load(after) : step_t::identity();
      const scanned<step_t> steps = together_.template scan<backward>(step);
      const R arriving = steps.before(x);
      if (i < n) store(i, step(arriving), arriving);
      x = steps.whole(x);
      step = next_step;
    }
  }

  Collectives together_;
  int members_, rank_;
};

/// One block's share of a launch over segments: the segments of every chunk of `chunk` that falls to this block.
/// Three passes, by length, so that no one has to know the lengths beforehand.
template <class Team, class Machine, class Program>
GUERDON_HD void run_segments(const Machine& machine, typename Team::storage& shared, const segments& s,
                             const Program& program, index_t chunk, index_t block, index_t blocks) {
  for (index_t first = block * chunk; first < s.count(); first += blocks * chunk) {
    const index_t last = first + chunk < s.count() ? first + chunk : s.count();
#ifdef __CUDA_ARCH__
#pragma unroll 1
#endif
    for (int pass = 0; pass < 3; ++pass) {
      const int members = pass == 0 ? tile_threads : pass == 1 ? warp_threads : block_threads;
      const index_t above = pass == 0 ? -1 : pass == 1 ? tile_longest : warp_longest;
      const index_t up_to = pass == 0   ? tile_longest
                            : pass == 1 ? warp_longest
                                        : std::numeric_limits<index_t>::max();
      Team workers(machine, shared, members);
      bool longer = false;
      for (index_t i = first + machine.thread() / members; i < last; i += block_threads / members) {
        const index_t size = s.size(i);
        longer |= size > up_to;
        if (above < size && size <= up_to) program(workers, i);
      }
      if (!machine.any(longer)) break;  // a barrier as well: what the last segment shared is free again
    }
  }
}

/// The same, and the block that is done last runs `last` for the segments that follow, as a launch of its own would.
template <class Team, class Machine, class Program, class Last>
GUERDON_HD void run_segments_then(const Machine& machine, typename Team::storage& shared, const segments& s,
                                  const Program& program, index_t chunk, index_t block, index_t blocks,
                                  const segments& following, const Last& last, unsigned* arrived) {
  run_segments<Team>(machine, shared, s, program, chunk, block, blocks);
  if (machine.last_of(arrived, blocks)) run_segments<Team>(machine, shared, following, last, 1, 0, 1);
}

/// How many segments a block takes at a time.
inline index_t segments_per_block(const segments& s, int processors) {
  constexpr index_t most = block_threads / tile_threads;  // one for each group of 8 lanes
  const index_t spread = (s.count() + processors * 8 - 1) / (processors * 8);  // so that every processor has work
  const index_t wanted = s.stride() > warp_longest ? 1 : s.stride() > tile_longest ? block_warps : most;
  return spread < 1 ? 1 : spread < wanted ? spread : wanted;
}

/// A recurrence backwards in time over time-major columns: a lane has a column, so that a warp reads neighbouring
/// elements; a warp has a strip of `strip_steps` steps; a block walks `warps` strips at a time, the last steps first.
inline constexpr int strip_steps = 8;

template <class R>
struct strip_storage {
  affine<R> strip[2][block_warps][warp_threads];
};

template <class R, class Machine, class End, class Load, class Store>
GUERDON_HD void run_strips(const Machine& machine, strip_storage<R>& storage, const time_layout& layout,
                           const End& x_end, const Load& load, const Store& store, index_t block, int warps) {
  const int lane = machine.thread() % warp_threads, warp = machine.thread() / warp_threads;
  const index_t b = block * warp_threads + lane;
  const bool here = b < layout.columns;
  R x = here ? x_end(b) : R(0);
  unsigned turn = 0;
  for (index_t last = layout.steps; last > 0; last -= warps * strip_steps) {
    // Warp 0 has the latest steps. Step j of the strip is the time top - j.
    const index_t top = last - 1 - warp * strip_steps;
    affine<R> step[strip_steps];
    affine<R> whole = affine<R>::identity();
    for (int j = 0; j < strip_steps; ++j)
      step[j] = here && top - j >= 0 ? load(layout.at(top - j, b)) : affine<R>::identity();
    for (int j = 0; j < strip_steps; ++j) whole = compose(step[j], whole);
    if (warps > 1) {
      turn ^= 1;
      storage.strip[turn][warp][lane] = whole;
      machine.sync();
    }
    R next = x;
    for (int w = 0; w < warps; ++w) {
      const affine<R> strip = warps > 1 ? storage.strip[turn][w][lane] : whole;
      if (w < warp) next = strip(next);
      x = strip(x);
    }
    for (int j = 0; j < strip_steps; ++j) {
      const R current = step[j](next);
      if (here && top - j >= 0) store(layout.at(top - j, b), current, next);
      next = current;
    }
  }
}

/// Warps per block: strips side by side until there are enough threads to keep the memory busy.
inline int strip_warps(const time_layout& layout, int processors) {
  const index_t column_groups = (layout.columns + warp_threads - 1) / warp_threads;
  const index_t strips = (layout.steps + strip_steps - 1) / strip_steps;
  int warps = 1;
  while (warps < block_warps && warps < strips && column_groups * warps < processors * 32) warps *= 2;
  return warps;
}

/// Few columns leave most lanes of a strip idle, and batch-major columns lie along time: a team per column.
inline bool team_per_column(const time_layout& layout) {
  return layout.batch_major || layout.columns < warp_threads / 4;
}

/// recur_backward of one column.
template <class End, class Load, class Store>
struct column_program {
  time_layout layout;
  End x_end;
  Load load;
  Store store;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t b) const {
    team.recur_backward(
        layout.steps, x_end(b), [&](index_t t) { return load(layout.at(t, b)); },
        [&](index_t t, auto x, auto next) { store(layout.at(t, b), x, next); });
  }
};

}}}  // namespace guerdon::device
