#pragma once
// An operation as the CUDA backend cuts and runs it, on fibers: target::width is the number of processors.

#include "bind.hpp"
#include "emulated_gpu.hpp"

#include <guerdon/backend/scalar.hpp>

namespace guerdon::harness {

template <class D>
operation emulated_operation() {
  operation op = binder<D>::information();
  op.backends = {backend_id::emulated};
  op.run = [](const target& t, const arguments& given, const settings& chosen) {
    const auto on = [&](const auto& backend) {
      if (t.element == element_id::float64) return binder<D>::template call<double>(backend, given, chosen);
      return binder<D>::template call<float>(backend, given, chosen);
    };
    static const scalar_backend reference;
    return t.backend == backend_id::scalar ? on(reference) : on(emulated_gpu(t.width));
  };
  return op;
}

}  // namespace guerdon::harness
