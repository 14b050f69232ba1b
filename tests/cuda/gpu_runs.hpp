#pragma once
// The CUDA backend's cuts and launch rules on fibers, for generated sources: target::width is the number of processors.

#include "bind.hpp"
#include "emulated_gpu.hpp"

namespace guerdon::harness {

inline const emulated_gpu& gpu_of(const target& t) {
  static const emulated_gpu one{1}, seven{7}, many{32};
  return t.width == 1 ? one : t.width == 7 ? seven : many;
}

}  // namespace guerdon::harness
