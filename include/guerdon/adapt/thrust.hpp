#pragma once
// Thrust's vectors as arguments of operations.
//
//   thrust::device_vector<float> reward = ...;
//   guerdon::grpo_advantage(gpu, {guerdon::view_of(reward), guerdon::view_of(offsets)});
//
// thrust::host_vector and universal_vector need no adapter on the host, they hand out plain pointers.

#include <guerdon/core/view.hpp>

#include <thrust/device_vector.h>

namespace guerdon { inline namespace GUERDON_ABI {

/// The elements of a Thrust vector, where the vector's system keeps them.
template <class T, class Allocator>
view<T> view_of(::thrust::device_vector<T, Allocator>& vector) {
  return {::thrust::raw_pointer_cast(vector.data()), static_cast<index_t>(vector.size())};
}
template <class T, class Allocator>
view<const T> view_of(const ::thrust::device_vector<T, Allocator>& vector) {
  return {::thrust::raw_pointer_cast(vector.data()), static_cast<index_t>(vector.size())};
}
/// A view of a temporary would dangle.
template <class T, class Allocator>
void view_of(const ::thrust::device_vector<T, Allocator>&&) = delete;

}}  // namespace guerdon
