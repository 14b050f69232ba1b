#pragma once
// An operation on the CUDA backend, and on the scalar backend for reference. Generated sources, one per description,
// call it.

#include "bind.hpp"

#include <guerdon/backend/scalar.hpp>

namespace guerdon::harness {

template <class D>
operation device_operation() {
  operation op = binder<D>::information();
  op.backends = {backend_id::cuda};
  op.run = [](const target& t, const arguments& given, const settings& chosen) -> arguments {
    // Bad offsets are refused here: on the GPU, memory is not looked at before a launch.
    static const scalar_backend reference;
    arguments on_host = t.element == element_id::float64 ? binder<D>::template call<double>(reference, given, chosen)
                                                         : binder<D>::template call<float>(reference, given, chosen);
    if (t.backend == backend_id::scalar) return on_host;
    static const cuda_backend gpu;
    switch (t.element) {
      case element_id::float64: return binder<D>::template call<double>(gpu, given, chosen);
      case element_id::float32: return binder<D>::template call<float>(gpu, given, chosen);
      case element_id::float16: return binder<D>::template call<float16>(gpu, given, chosen);
      case element_id::bfloat16: return binder<D>::template call<bfloat16>(gpu, given, chosen);
    }
    return {};
  };
  return op;
}

}  // namespace guerdon::harness
