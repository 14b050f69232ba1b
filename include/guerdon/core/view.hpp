#pragma once
// view<T>: a pointer and a 64-bit size. Operations take views; anything contiguous converts to one.

#include <guerdon/core/error.hpp>

#include <memory>
#include <type_traits>

namespace guerdon {

namespace view_detail {

template <class R>
concept contiguous_container = requires(R& r) {
  { *r.data() };
  { r.size() };
  requires std::is_pointer_v<decltype(r.data())>;
};

template <class R>
using element_of = std::remove_pointer_t<decltype(std::declval<R&>().data())>;

}  // namespace view_detail

/// Non-owning array. T is const for inputs. A view without data means "this optional argument was left out".
/// Implicit from std::vector, std::array, std::span, Eigen arrays and maps, xtensor containers: row-major,
/// without gaps, of exactly this element type.
template <class T>
class view {
 public:
  GUERDON_INLINE view() {}
  GUERDON_INLINE view(T* data, index_t size) : data_(data), size_(size) {}

  template <class R>
    requires(view_detail::contiguous_container<R> && !std::is_same_v<std::remove_cvref_t<R>, view> &&
             std::is_convertible_v<view_detail::element_of<R> (*)[], T (*)[]>)
  [[gnu::always_inline]] view(R&& container) : data_(container.data()), size_(static_cast<index_t>(container.size())) {
    using C = std::remove_cvref_t<R>;
    if constexpr (requires { C::IsVectorAtCompileTime; C::IsRowMajor; }) {
      static_assert(C::IsVectorAtCompileTime || C::IsRowMajor,
                    "guerdon reads arrays row-major: give a row-major Eigen array, or its transpose");
      if (container.innerStride() != 1 ||
          (container.outerSize() > 1 && container.outerStride() != container.innerSize()))
        refuse("view", "array", "has gaps between its rows: copy the block into an array of its own first");
    }
    if constexpr (requires { C::static_layout; })
      static_assert((static_cast<int>(C::static_layout) & 1) == 1,
                    "guerdon reads arrays row-major: give an xtensor container with layout_type::row_major");
    if constexpr (requires { container.data_offset(); }) data_ += container.data_offset();  // of xt::view: rows
  }

  /// An array of another element type is an error, not a conversion: say operation<double>(...) for doubles.
  template <class R>
    requires(view_detail::contiguous_container<R> && !std::is_same_v<std::remove_cvref_t<R>, view> &&
             !std::is_convertible_v<view_detail::element_of<R> (*)[], T (*)[]>)
  view(R&& container_of_another_element_type) = delete;

  /// view<float> is also a view<const float>.
  template <class U>
    requires(std::is_const_v<T> && std::is_same_v<U, std::remove_const_t<T>>)
  GUERDON_INLINE view(const view<U>& other) : data_(other.data()), size_(other.size()) {}

  GUERDON_INLINE T* data() const { return data_; }
  GUERDON_INLINE index_t size() const { return size_; }
  GUERDON_INLINE T* begin() const { return data_; }
  GUERDON_INLINE T* end() const { return data_ + size_; }
  GUERDON_INLINE T& operator[](index_t i) const { return data_[i]; }
  GUERDON_INLINE explicit operator bool() const { return data_ != nullptr; }

 private:
  T* data_ = nullptr;
  index_t size_ = 0;
};

}  // namespace guerdon
