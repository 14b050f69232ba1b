#pragma once
// text_view: an array of strings as operations read it, whatever owns them.

#include <guerdon/core/view.hpp>

#include <string>
#include <string_view>

namespace guerdon::inline GUERDON_ABI {

/// Non-owning array of texts; implicit from any contiguous container of std::string or std::string_view.
class text_view {
 public:
  text_view() = default;

  template <class R>
    requires(detail::contiguous_container<R> &&
             (std::is_same_v<std::remove_cv_t<detail::element_of<R>>, std::string> ||
              std::is_same_v<std::remove_cv_t<detail::element_of<R>>, std::string_view>))
  text_view(R&& texts)
      : data_(texts.data()), size_(static_cast<index_t>(texts.size())), at_([](const void* data, index_t i) {
          return std::string_view(static_cast<const detail::element_of<R>*>(data)[i]);
        }) {}

  index_t size() const { return size_; }
  std::string_view operator[](index_t i) const { return at_(data_, i); }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  const void* data_ = nullptr;
  index_t size_ = 0;
  std::string_view (*at_)(const void*, index_t) = nullptr;
};

}  // namespace guerdon::inline GUERDON_ABI
