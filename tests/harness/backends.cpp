#include "bind_host.hpp"
#include "host_runs.hpp"
#ifdef GUERDON_HAS_EIGEN
#include "eigen_runs.hpp"
#endif

#include <map>

namespace guerdon::harness {

const scalar_backend& scalar_of(const target&) {
  static const scalar_backend backend;
  return backend;
}

const emulated_backend& emulated_of(const target& t) {
  static std::map<std::pair<int, bool>, emulated_backend> backends;
  return backends
      .try_emplace({t.width, t.descending}, t.width,
                   t.descending ? member_order::descending : member_order::ascending)
      .first->second;
}

/// One thread as `scalar`, several as `eigen`.
const host_rows& host_rows_of(const target& t) {
  static const host_rows one{1}, two{2}, three{3}, seven{7};
  return t.backend == backend_id::scalar ? one : t.width == 7 ? seven : t.width == 3 ? three : two;
}

#ifdef GUERDON_HAS_EIGEN
const eigen_backend& eigen_of(const target& t) {
  static const eigen_backend one{1}, two{2}, three{3}, seven{7};
  return t.width == 7 ? seven : t.width == 3 ? three : t.width == 2 ? two : one;
}
#endif

}  // namespace guerdon::harness
