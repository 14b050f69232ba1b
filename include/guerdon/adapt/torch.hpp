#pragma once
// PyTorch's tensors, of C++ extensions, as views: no copy, and a sentence where they do not fit.
//
//   const auto logprob = guerdon::torch_view<const float>(tensor, "my_loss", "logprob");
//   const auto mask = guerdon::torch_view<const guerdon::flag_t>(keep, "my_loss", "mask");        // of bool
//   std::vector<guerdon::index_t> kept;
//   const auto rows = guerdon::torch_offsets(cu_seqlens, "my_loss", "cu_seqlens", kept);
//
// What is checked is adapt/dlpack.hpp's; a tensor says the same of itself. Views see numbers: no gradient is recorded
// through them, so what is written to must not require one. PyTorch makes std::invalid_argument a ValueError.
//
// Needs PyTorch 2 (ATen's tensor, not torch/extension.h). No umbrella includes this header.

#include <guerdon/adapt/dlpack.hpp>

#include <ATen/core/Tensor.h>

#include <optional>

namespace guerdon { inline namespace GUERDON_ABI {
namespace detail {

/// A tensor as DLPack describes it, without its manager.
struct torch_described {
  void* data;
  struct {
    dlpack_device device_type;
    int device_id;
  } device;
  int ndim;
  struct {
    int code, bits, lanes = 1;
  } dtype;
  const std::int64_t* shape;
  const std::int64_t* strides;
  std::uint64_t byte_offset = 0;
};

inline void torch_require(const at::Tensor& t, at::DeviceType where, std::string_view operation,
                          std::string_view argument) {
  if (!t.defined()) refuse(operation, argument, "is no tensor: it was left out");
  if (t.layout() != at::kStrided) refuse(operation, argument, "must be dense: call to_dense() of it");
  if (t.is_conj() || t.is_neg())
    refuse(operation, argument, "is a conjugate or negative yet to be: call resolve_neg() of it");
  if (t.device().type() != where)
    refuse(operation, argument, "lies on " + t.device().str() + ", where " + at::DeviceTypeName(where, true) +
                                    " is needed: move it with to()");
}
inline torch_described torch_describe(const at::Tensor& t, const void* data) {
  const at::ScalarType type = t.scalar_type();
  const int code = type == at::kBool ? 6 : type == at::kBFloat16 ? 4 : at::isComplexType(type) ? 5
                   : at::isFloatingType(type) ? 2 : type == at::kByte ? 1 : at::isIntegralType(type, false) ? 0 : 7;
  const auto lies_on = t.device().type() == at::kCUDA ? dlpack_device::cuda : dlpack_device::cpu;
  return {.data = const_cast<void*>(data), .device = {lies_on, t.device().index()}, .ndim = static_cast<int>(t.dim()),
          .dtype = {code, static_cast<int>(8 * t.element_size())},
          .shape = t.sizes().data(), .strides = t.strides().data()};
}

}  // namespace detail

/// The elements of a tensor, row by row. Throws std::invalid_argument, naming `argument`, where it lies on another
/// device, has elements of another type or gaps, or is to be written to and requires a gradient. T is const for what is
/// read.
template <class T>
view<T> torch_view(const at::Tensor& t, std::string_view operation, std::string_view argument,
                   at::DeviceType where = at::kCPU) {
  detail::torch_require(t, where, operation, argument);
  if (!std::is_const_v<T> && t.requires_grad())
    refuse(operation, argument, "requires a gradient, which writing to it would bypass: call detach() of it");
  const auto described = detail::torch_describe(t, std::is_const_v<T> ? t.const_data_ptr() : t.mutable_data_ptr());
  return dlpack_view<T>(described, operation, argument, described.device.device_type);
}

/// An argument that may be left out: then a view that says so.
template <class T>
view<T> torch_view(const std::optional<at::Tensor>& t, std::string_view operation, std::string_view argument,
                   at::DeviceType where = at::kCPU) {
  return t && t->defined() ? torch_view<T>(*t, operation, argument, where) : view<T>();
}

/// Segments from offsets [0, ..., total] on the host, such as the cu_seqlens of packed attention. Those of 64 bits are
/// used where they lie; those of 32 are widened into `kept`, which must then outlive the segments.
inline segments torch_offsets(const at::Tensor& t, std::string_view operation, std::string_view argument,
                              std::vector<index_t>& kept) {
  detail::torch_require(t, at::kCPU, operation, argument);
  return dlpack_offsets(detail::torch_describe(t, t.const_data_ptr()), operation, argument, kept);
}

}}  // namespace guerdon
