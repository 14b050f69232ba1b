#pragma once
// An operation on the backends of this machine. Generated sources, one per description, call it.

#include "bind.hpp"

#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif
#ifdef GUERDON_HAS_HOST_THRUST
#include <guerdon/backend/thrust.hpp>
#endif

namespace guerdon::harness {

/// Backends live as long as the program, as they do for a user: scratch memory is used again and again.
template <class F>
auto with_host_backend(const target& t, F f) {
  switch (t.backend) {
#ifdef GUERDON_HAS_EIGEN
    case backend_id::eigen: {
      static eigen_backend one{1}, two{2}, three{3}, seven{7};
      return f(t.width == 7 ? seven : t.width == 3 ? three : t.width == 2 ? two : one);
    }
#endif
    case backend_id::emulated: {
      static std::map<std::pair<int, bool>, emulated_backend> backends;
      const auto at = backends
                          .try_emplace({t.width, t.descending}, t.width,
                                       t.descending ? member_order::descending : member_order::ascending)
                          .first;
      return f(at->second);
    }
#ifdef GUERDON_HAS_HOST_THRUST
    case backend_id::thrust: {
      static const host_thrust backend;
      return f(backend);
    }
#endif
    case backend_id::scalar: {
      static const scalar_backend backend;
      return f(backend);
    }
    default:
      throw harness_error(std::string("backend ") + name(t.backend) + " was not built in");
  }
}

template <class D>
operation host_operation() {
  operation op = binder<D>::information();
  op.backends = {backend_id::scalar, backend_id::emulated};
#ifdef GUERDON_HAS_EIGEN
  op.backends.push_back(backend_id::eigen);
#endif
#ifdef GUERDON_HAS_HOST_THRUST
  op.backends.push_back(backend_id::thrust);
#endif
  op.run = [](const target& t, const arguments& given, const settings& chosen) {
    return with_host_backend(t, [&](const auto& backend) -> arguments {
      switch (t.element) {
        case element_id::float64:
          return binder<D>::template call<double>(backend, given, chosen);
        case element_id::float32:
          return binder<D>::template call<float>(backend, given, chosen);
        case element_id::float16:
        case element_id::bfloat16:
          if constexpr (runs_narrow) {
            if (t.element == element_id::float16) return binder<D>::template call<float16>(backend, given, chosen);
            return binder<D>::template call<bfloat16>(backend, given, chosen);
          }
          break;
      }
      throw harness_error(std::string(name(t.element)) + " was not built in");
    });
  };
  return op;
}

}  // namespace guerdon::harness
