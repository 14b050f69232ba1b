#pragma once
// Selecting, counting and compacting on the GPU, for operations that do: include it beside cuda.cuh.
//
// CUB's DeviceSelect, DeviceReduce::ReduceByKey and DeviceScan: one pass each, counts stay on the device, all memory
// out of the workspace. They combine in an order that differs from run to run, so sums are of integers only.

#include <guerdon/backend/cuda.cuh>

#include <cub/device/device_reduce.cuh>
#include <cub/device/device_scan.cuh>
#include <cub/device/device_select.cuh>

namespace guerdon { inline namespace GUERDON_ABI {

namespace device {

template <class Op>
struct combine {
  template <class Value>
  GUERDON_HD Value operator()(Value a, Value b) const { return Op::combine(a, b); }
};

}  // namespace device

template <class Value>
struct cub_select {
  template <class Gpu>
  static void flagged(const Gpu& gpu, view<const flag_t> flags, view<const Value> values, view<Value> kept,
                      view<index_t> count) {
    detail::launch_cub(gpu, "selecting", [&](void* memory, std::size_t& bytes) {
      return cub::DeviceSelect::Flagged(memory, bytes, values.data(), flags.data(), kept.data(), count.data(),
                                        values.size(), gpu.stream());
    });
  }

  template <class Op, class Gpu, class Key>
  static void runs(const Gpu& gpu, view<const Key> keys, view<const Value> values, view<Key> run_keys,
                   view<Value> totals, view<index_t> count) {
    detail::launch_cub(gpu, "reducing by key", [&](void* memory, std::size_t& bytes) {
      return cub::DeviceReduce::ReduceByKey(memory, bytes, keys.data(), run_keys.data(), values.data(), totals.data(),
                                            count.data(), device::combine<Op>(), keys.size(), gpu.stream());
    });
  }

  /// The sums up to and with each element, one place further on.
  template <class Gpu>
  static void sums(const Gpu& gpu, view<const Value> values, view<index_t> sums) {
    detail::check(cudaMemsetAsync(sums.data(), 0, sizeof(index_t), gpu.stream()), "clearing a number");
    detail::launch_cub(gpu, "summing", [&](void* memory, std::size_t& bytes) {
      return cub::DeviceScan::InclusiveScanInit(memory, bytes, values.data(), sums.data() + 1,
                                                ::cuda::std::plus<index_t>(), index_t(0), values.size(), gpu.stream());
    });
  }
};

}}  // namespace guerdon
