#pragma once
// How the members of a team combine what each of them holds, by CUB's warp and block collectives: the counterpart of
// own_collectives in device_teams.hpp. CUB is included before it (cub_team.cuh does); the tests bring its interface on
// fibers, so that this text, too, runs where there is no GPU.

#include <guerdon/backend/device_teams.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace device {

template <class... Op>
struct merged {
  using value = lanes<double, sizeof...(Op)>;
  GUERDON_HD value operator()(value total, const value& next) const {
    detail::merge<Op...>(total, next);
    return total;
  }
};

/// CUB's scans hand the steps over in the order of the walk.
struct composed {
  template <class Step>
  GUERDON_HD Step operator()(const Step& earlier, const Step& later) const { return compose(later, earlier); }
};

/// Shared memory for one collective after the other. CUB's types for it depend on the values, so it is bytes here.
struct cub_storage {
  static constexpr int slot_bytes = block_storage::slot_bytes;
  alignas(32) unsigned char collective[slot_bytes * (block_warps + 2)];  // of a reduction or a scan
  alignas(32) unsigned char exchange[block_threads * 16];                // a step of every thread
  alignas(32) unsigned char total[slot_bytes];                           // what thread 0 has for all

  template <class Collective, std::size_t bytes>
  GUERDON_HD static typename Collective::TempStorage& as(unsigned char (&memory)[bytes]) {
    static_assert(sizeof(typename Collective::TempStorage) <= bytes, "this collective needs more shared memory");
    return reinterpret_cast<typename Collective::TempStorage&>(memory);
  }
};

/// Members combine by CUB. Host bodies exist because programs are text for both sides; nothing calls them.
template <class Machine>
class cub_collectives {
 public:
  using storage = cub_storage;

  GUERDON_HD cub_collectives(const Machine& machine, cub_storage& shared, int members)
      : machine_(machine), shared_(shared), members_(members) {}

  template <class... Op>
  GUERDON_HD lanes<double, sizeof...(Op)> reduce(const lanes<double, sizeof...(Op)>& mine) {
#if defined(__CUDA_ARCH__) || !defined(__CUDACC__)
    using value = lanes<double, sizeof...(Op)>;
    if (members_ == tile_threads) return reduce_lanes<tile_threads, Op...>(mine);
    if (members_ == warp_threads) return reduce_lanes<warp_threads, Op...>(mine);
    using block_reduce = cub::BlockReduce<value, block_threads, cub::BLOCK_REDUCE_WARP_REDUCTIONS>;
    value total = block_reduce(cub_storage::as<block_reduce>(shared_.collective)).Reduce(mine, merged<Op...>());
    if (machine_.thread() == 0) __builtin_memcpy(shared_.total, &total, sizeof(value));
    machine_.sync();
    __builtin_memcpy(&total, shared_.total, sizeof(value));
    return total;
#else
    return mine;
#endif
  }

  template <bool backward, class Step>
  GUERDON_HD scanned<Step> scan(const Step& step) {
#if defined(__CUDA_ARCH__) || !defined(__CUDACC__)
    if (members_ == tile_threads) return scan_lanes<backward, tile_threads>(step);
    if (members_ == warp_threads) return scan_lanes<backward, warp_threads>(step);
    using block_scan = cub::BlockScan<Step, block_threads, cub::BLOCK_SCAN_WARP_SCANS>;
    scanned<Step> result;
    block_scan(cub_storage::as<block_scan>(shared_.collective))
        .ExclusiveScan(backward ? mirrored(step) : step, result.before, composed(), result.whole);
    if (machine_.thread() == 0) result.before = Step::identity();
    if (backward) result.before = mirrored(result.before);
    machine_.sync();
    return result;
#else
    return {step, step};
#endif
  }

 private:
#if defined(__CUDA_ARCH__) || !defined(__CUDACC__)
  template <int width, class... Op>
  GUERDON_HD lanes<double, sizeof...(Op)> reduce_lanes(const lanes<double, sizeof...(Op)>& mine) {
    using warp_reduce = cub::WarpReduce<lanes<double, sizeof...(Op)>, width>;
    typename warp_reduce::TempStorage nothing;  // lanes shuffle
    return machine_.shuffle(warp_reduce(nothing).Reduce(mine, merged<Op...>()), 0, width);
  }

  template <bool backward, int width, class Step>
  GUERDON_HD scanned<Step> scan_lanes(const Step& step) {
    using warp_scan = cub::WarpScan<Step, width>;
    typename warp_scan::TempStorage nothing;
    const int lane = machine_.thread() % width, opposite = width - 1 - lane;
    scanned<Step> result;
    warp_scan(nothing).ExclusiveScan(backward ? machine_.shuffle(step, opposite, width) : step, result.before,
                                     composed(), result.whole);
    if (lane == 0) result.before = Step::identity();
    if (backward) result.before = machine_.shuffle(result.before, opposite, width);
    return result;
  }

  /// Of the thread at the block's other end: CUB scans from thread 0 upwards.
  template <class Step>
  GUERDON_HD Step mirrored(const Step& step) {
    using block_exchange = cub::BlockExchange<Step, block_threads, 1>;
    Step items[1] = {step};
    int ranks[1] = {block_threads - 1 - machine_.thread()};
    block_exchange(cub_storage::as<block_exchange>(shared_.exchange)).ScatterToStriped(items, items, ranks);
    return items[0];
  }
#endif

  const Machine& machine_;
  cub_storage& shared_;
  int members_;
};

}}}  // namespace guerdon::device
