#pragma once
// Arrays that other libraries hand over as DLPack tensors, as views: no copy, and a sentence where they do not fit.
//
//   const auto logprob = guerdon::dlpack_view<const float>(tensor, "my_loss", "logprob");      // any DLTensor
//   const auto rows = guerdon::dlpack_offsets(cu_seqlens, "my_loss", "cu_seqlens");
//
// A DLTensor is whatever has the members data, device, ndim, dtype, shape, strides and byte_offset, so this header
// includes nobody's: dlpack/dlpack.h, ATen/dlpack.h and nanobind's all do. The tensor stays its owner's.
//
// Details that differ:
// - Strides of a dimension of one, and of an array without elements, mean nothing and are not looked at; no strides at
//   all is row-major. Anything else with gaps, or in another order, is refused.
// - Masks (flag_t) may be bool, uint8 or int8, since all are bytes that are 0 or not 0.

#include <guerdon/core/segments.hpp>
#include <guerdon/core/storage.hpp>

#include <string>
#include <vector>

namespace guerdon {

/// A DLTensor by its members.
template <class Tensor>
concept dlpack_tensor = requires(const Tensor& t) {
  t.data, t.device.device_type, t.device.device_id, t.ndim, t.dtype.code, t.dtype.bits, t.dtype.lanes;
  t.shape, t.strides, t.byte_offset;
};

/// Where a tensor lies, as DLPack counts devices.
enum class dlpack_device { cpu = 1, cuda = 2, cuda_host = 3, cuda_managed = 13 };

inline namespace GUERDON_ABI {
namespace detail {

struct dlpack_type {
  int code, bits;
  const char* name;
};
/// What DLPack calls an element type of ours.
template <class T>
constexpr dlpack_type dlpack_type_of() {
  if constexpr (std::is_same_v<T, float>) return {2, 32, "float32"};
  else if constexpr (std::is_same_v<T, double>) return {2, 64, "float64"};
  else if constexpr (std::is_same_v<T, float16>) return {2, 16, "float16"};
  else if constexpr (std::is_same_v<T, bfloat16>) return {4, 16, "bfloat16"};
  else if constexpr (std::is_same_v<T, index_t>) return {0, 64, "int64"};
  else {
    static_assert(std::is_same_v<T, flag_t>, "guerdon has no arrays of this type");
    return {6, 8, "bool or uint8"};
  }
}
template <dlpack_tensor Tensor>
std::string dlpack_name(const Tensor& t) {
  static constexpr const char* names[] = {"int", "uint", "float", "a handle of ", "bfloat", "complex", "bool"};
  const int code = static_cast<int>(t.dtype.code), lanes = static_cast<int>(t.dtype.lanes);
  return (code < 7 ? names[code] : "a type of ") + (code == 6 ? "" : std::to_string(static_cast<int>(t.dtype.bits))) +
         (lanes == 1 ? "" : " in " + std::to_string(lanes) + " lanes");
}

}  // namespace detail

/// The sizes of its dimensions.
template <dlpack_tensor Tensor>
std::vector<index_t> dlpack_shape(const Tensor& t) {
  return {t.shape, t.shape + t.ndim};
}

/// The elements of a tensor, row by row. Throws std::invalid_argument, naming `argument`, where it lies on another
/// device, has elements of another type or gaps. T is const for what is read.
template <class T, dlpack_tensor Tensor>
view<T> dlpack_view(const Tensor& t, std::string_view operation, std::string_view argument,
                    dlpack_device where = dlpack_device::cpu) {
  using E = std::remove_const_t<T>;
  const auto device = static_cast<int>(t.device.device_type);
  const bool near = device == static_cast<int>(where) ||
                    (where == dlpack_device::cpu && device == static_cast<int>(dlpack_device::cuda_host)) ||
                    device == static_cast<int>(dlpack_device::cuda_managed);
  if (!near)
    refuse(operation, argument, "lies on device type " + std::to_string(device) + " of DLPack's, where " +
                                    std::to_string(static_cast<int>(where)) + " is needed: move it first");
  constexpr detail::dlpack_type type = detail::dlpack_type_of<E>();
  const int code = static_cast<int>(t.dtype.code), bits = static_cast<int>(t.dtype.bits);
  const bool byte = std::is_same_v<E, flag_t> && bits == 8 && (code == 0 || code == 1);
  if (t.dtype.lanes != 1 || !(byte || (code == type.code && bits == type.bits)))
    refuse(operation, argument, std::string("must be ") + type.name + ", and is " + detail::dlpack_name(t));
  index_t n = 1;
  for (int d = 0; d < t.ndim; ++d) n *= t.shape[d];
  if (t.strides != nullptr && n > 0) {
    index_t stride = 1;
    for (int d = t.ndim - 1; d >= 0; --d) {
      if (t.shape[d] != 1 && t.strides[d] != stride)
        refuse(operation, argument, "must be contiguous, row by row: copy it first");
      stride *= t.shape[d];
    }
  }
  static char nothing[64];  // an array without elements has an address, or it would count as left out
  return {reinterpret_cast<T*>(n == 0 ? nothing : static_cast<char*>(t.data) + t.byte_offset), n};
}

/// Segments from offsets [0, ..., total], such as the cu_seqlens of packed attention. Offsets of 64 bits are used where
/// they lie; those of 32, which others have, are widened into `kept`, which must then outlive the segments.
template <dlpack_tensor Tensor>
segments dlpack_offsets(const Tensor& t, std::string_view operation, std::string_view argument,
                        std::vector<index_t>& kept) {
  if (t.ndim != 1)
    refuse(operation, argument, "must be one row of offsets, and has " + std::to_string(t.ndim) + " dimensions");
  const bool narrow = static_cast<int>(t.dtype.code) == 0 && static_cast<int>(t.dtype.bits) == 32 && t.dtype.lanes == 1;
  if (!narrow) return segments(dlpack_view<const index_t>(t, operation, argument));
  Tensor wide = t;  // its place and its gaps are checked as those of a type of ours are
  wide.dtype.code = 2;
  const view<const float> there = dlpack_view<const float>(wide, operation, argument);
  const auto* const from = reinterpret_cast<const std::int32_t*>(there.data());
  kept.assign(from, from + there.size());
  return segments(kept);
}

}}  // namespace guerdon
