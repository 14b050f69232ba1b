#pragma once
// The interface of CUB's collectives, as far as cub_collectives.hpp uses it, on fibers: what comes back to which
// thread, what is left undefined, where the block waits and what its shared memory holds meanwhile are as in CUB.

#include "emulated_gpu.hpp"

namespace cub {

inline guerdon::fiber_machine here() { return {guerdon::fiber_gpu_block::running}; }

template <class V, int width>
struct WarpReduce {
  struct TempStorage {};
  explicit WarpReduce(TempStorage&) {}

  /// Of lane 0 only.
  template <class Op>
  V Reduce(V value, Op op) {
    const int lane = here().thread() % width;
    for (int step = 1; step < width; step *= 2) {
      const bool inside = lane + step < width;
      const V other = here().shuffle(value, inside ? lane + step : lane, width);
      if (inside) value = op(value, other);
    }
    return value;
  }
};

template <class V, int width>
struct WarpScan {
  struct TempStorage {};
  explicit WarpScan(TempStorage&) {}

  /// `before` of lane 0 is undefined.
  template <class Op>
  void ExclusiveScan(V value, V& before, Op op, V& whole) {
    const int lane = here().thread() % width;
    for (int step = 1; step < width; step *= 2) {
      const V earlier = here().shuffle(value, lane >= step ? lane - step : lane, width);
      if (lane >= step) value = op(earlier, value);
    }
    before = here().shuffle(value, lane > 0 ? lane - 1 : lane, width);
    whole = here().shuffle(value, width - 1, width);
  }
};

enum { BLOCK_REDUCE_WARP_REDUCTIONS, BLOCK_SCAN_WARP_SCANS };

template <class V, int threads, int>
struct BlockReduce {
  struct TempStorage {
    V of_warp[threads / 32];
  };
  TempStorage& shared;
  explicit BlockReduce(TempStorage& storage) : shared(storage) {}

  /// Of thread 0 only.
  template <class Op>
  V Reduce(V value, Op op) {
    typename WarpReduce<V, 32>::TempStorage nothing;
    value = WarpReduce<V, 32>(nothing).Reduce(value, op);
    const int thread = here().thread();
    if (thread % 32 == 0) shared.of_warp[thread / 32] = value;
    here().sync();
    if (thread == 0)
      for (int w = 1; w < threads / 32; ++w) value = op(value, shared.of_warp[w]);
    return value;
  }
};

template <class V, int threads, int>
struct BlockScan {
  struct TempStorage {
    V of_warp[threads / 32];
  };
  TempStorage& shared;
  explicit BlockScan(TempStorage& storage) : shared(storage) {}

  /// `before` of thread 0 is undefined.
  template <class Op>
  void ExclusiveScan(V value, V& before, Op op, V& whole) {
    typename WarpScan<V, 32>::TempStorage nothing;
    WarpScan<V, 32>(nothing).ExclusiveScan(value, before, op, whole);
    const int lane = here().thread() % 32, warp = here().thread() / 32;
    if (lane == 31) shared.of_warp[warp] = whole;
    here().sync();
    whole = shared.of_warp[0];
    V prefix = whole;
    for (int w = 1; w < threads / 32; ++w) {
      if (w == warp) prefix = whole;
      whole = op(whole, shared.of_warp[w]);
    }
    if (warp > 0) before = lane > 0 ? op(prefix, before) : prefix;
  }
};

template <class V, int threads, int items>
struct BlockExchange {
  struct TempStorage {
    V item[threads];
  };
  static_assert(items == 1);
  TempStorage& shared;
  explicit BlockExchange(TempStorage& storage) : shared(storage) {}

  void ScatterToStriped(const V (&in)[1], V (&out)[1], int (&ranks)[1]) {
    shared.item[ranks[0]] = in[0];
    here().sync();
    out[0] = shared.item[here().thread()];
  }
};

}  // namespace cub
