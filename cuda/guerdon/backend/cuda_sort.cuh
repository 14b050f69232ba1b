#pragma once
// Sorting inside segments on the GPU, for operations that order: include it beside cuda.cuh.
//
// Two of CUB's stable radix sorts, by key and then by segment: the same time whether there are many short segments or
// few long ones, no wait for the host in between (DeviceSegmentedSort has one), all memory out of the workspace.

#include <guerdon/backend/composed_sort.hpp>
#include <guerdon/backend/cuda.cuh>

#include <cub/device/device_radix_sort.cuh>

#include <limits>

namespace guerdon { inline namespace GUERDON_ABI {

/// Integers, floats and doubles. A NaN comes last, or first where its sign is set.
template <class Key>
  requires std::is_arithmetic_v<Key>
struct cuda_sort<Key> {
  template <class Gpu>
  static void run(const Gpu& gpu, const segments& s, view<const Key> keys, view<Key> sorted) {
    const index_t n = keys.size();
    if (n == 0) return;
    auto scratch = gpu.scratch();
    const auto place = scratch.template take<index_t>(n), place_by_key = scratch.template take<index_t>(n);
    const auto sorted_place = scratch.template take<index_t>(n);
    const auto by_key = scratch.template take<Key>(n);
    gpu.for_segments(s, detail::mark_places{s, n, place});
    radix_sort(gpu, keys.data(), by_key.data(), place.data(), place_by_key.data(), n, 8 * sizeof(Key));
    radix_sort(gpu, place_by_key.data(), sorted_place.data(), by_key.data(), sorted.data(), n, bits_of(2 * s.count()));
  }

 private:
  static int bits_of(index_t most) {
    int bits = 1;
    while (most >> bits) ++bits;
    return bits;
  }

  template <class Gpu, class By, class Carried>
  static void radix_sort(const Gpu& gpu, const By* by, By* by_sorted, const Carried* carried, Carried* carried_sorted,
                         index_t n, int bits) {
    constexpr auto doing = "sorting inside segments";
    std::size_t bytes = 0;
    detail::check(cub::DeviceRadixSort::SortPairs(nullptr, bytes, by, by_sorted, carried, carried_sorted, n, 0, bits,
                                                  gpu.stream()), doing);
    auto scratch = gpu.scratch();
    const auto temporary = scratch.template take<unsigned char>(static_cast<index_t>(bytes));
    detail::check(cub::DeviceRadixSort::SortPairs(temporary.data(), bytes, by, by_sorted, carried, carried_sorted, n, 0,
                                                  bits, gpu.stream()), doing);
  }
};

}}  // namespace guerdon
