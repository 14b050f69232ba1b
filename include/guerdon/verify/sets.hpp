#pragma once
// Sets as ascending vectors.

#include <guerdon/core/config.hpp>

#include <algorithm>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI { namespace sets {

template <class T>
std::vector<T> of(std::vector<T> elements) {
  std::sort(elements.begin(), elements.end());
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return elements;
}

template <class T>
index_t count_common(const std::vector<T>& a, const std::vector<T>& b) {
  index_t common = 0;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    if (*x < *y) ++x;
    else if (*y < *x) ++y;
    else ++common, ++x, ++y;
  }
  return common;
}

/// What two sets share of what either has; 0 of two empty sets.
template <class T>
double jaccard(const std::vector<T>& a, const std::vector<T>& b) {
  const auto common = static_cast<double>(count_common(a, b));
  const auto either = static_cast<double>(a.size()) + static_cast<double>(b.size()) - common;
  return either == 0 ? 0 : common / either;
}

}}}  // namespace guerdon::sets
