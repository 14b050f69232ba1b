#pragma once
// Sorting on the GPU, for operations that order: include it beside cuda.cuh.
//
// CUB's stable radix sort, and inside segments two of them, by key and then by segment: the same time whether there are
// many short segments or few long ones, no wait for the host in between (DeviceSegmentedSort has one), all memory out
// of the workspace.

#include <guerdon/backend/cuda.cuh>

#include <cub/device/device_radix_sort.cuh>

namespace guerdon { inline namespace GUERDON_ABI {

/// Integers, floats and doubles. A NaN comes last, or first where its sign is set.
template <class Key>
struct cub_sort {
  static_assert(std::is_arithmetic_v<Key>, "keys on a GPU are integers, floats or doubles");

  template <class Gpu, class Value>
  static void pairs(const Gpu& gpu, view<const Key> keys, view<const Value> values, view<Key> sorted_keys,
                    view<Value> sorted_values, Key below) {
    int bits = 8 * sizeof(Key);
    if constexpr (std::is_integral_v<Key>)
      if (below > 0)
        for (bits = 1; (below - 1) >> bits;) ++bits;
    detail::launch_cub(gpu, "sorting", [&](void* memory, std::size_t& bytes) {
      return cub::DeviceRadixSort::SortPairs(memory, bytes, keys.data(), sorted_keys.data(), values.data(),
                                             sorted_values.data(), keys.size(), 0, bits, gpu.stream());
    });
  }
};

}}  // namespace guerdon
