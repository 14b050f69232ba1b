#pragma once
// text_view: an array of strings as operations read it, whatever owns them.

#include <guerdon/core/view.hpp>

#include <string>
#include <string_view>

namespace guerdon {

inline namespace GUERDON_ABI {

/// Text i of an array of std::string or std::string_view.
template <class Text>
std::string_view text_at(const void* texts, index_t i) {
  return static_cast<const Text*>(texts)[i];
}

}  // namespace GUERDON_ABI

/// Non-owning array of texts; implicit from any contiguous container of std::string or std::string_view.
class text_view {
 public:
  GUERDON_INLINE text_view() {}

  template <class R>
    requires(view_detail::contiguous_container<R> &&
             (std::is_same_v<std::remove_cv_t<view_detail::element_of<R>>, std::string> ||
              std::is_same_v<std::remove_cv_t<view_detail::element_of<R>>, std::string_view>))
  [[gnu::always_inline]] text_view(R&& texts)
      : data_(texts.data()), size_(static_cast<index_t>(texts.size())),
        at_(text_at<std::remove_cv_t<view_detail::element_of<R>>>) {}

  GUERDON_INLINE index_t size() const { return size_; }
  GUERDON_INLINE std::string_view operator[](index_t i) const { return at_(data_, i); }
  GUERDON_INLINE explicit operator bool() const { return data_ != nullptr; }

 private:
  const void* data_ = nullptr;
  index_t size_ = 0;
  std::string_view (*at_)(const void*, index_t) = nullptr;
};

}  // namespace guerdon
