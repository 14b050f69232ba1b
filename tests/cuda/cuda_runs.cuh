#pragma once
// The CUDA backend for generated sources: what nvcc compiles is one pointer per operation and element type; the tables,
// the conversions and the tests are the host compiler's, as everywhere.

#include "bind.hpp"

#include <guerdon/backend/cuda_select.cuh>
#include <guerdon/backend/cuda_sort.cuh>

namespace guerdon::harness {

inline const cuda_backend& cuda_of(const target&) {
  static const cuda_backend gpu;
  return gpu;
}

/// Arrays of a call in the GPU's memory.
struct gpu_memory : memory {
  std::shared_ptr<void> upload(const void* host, std::size_t bytes) const override {
    void* data = nullptr;
    guerdon::detail::check(cudaMalloc(&data, bytes), "taking GPU memory for a test");
    guerdon::detail::check(cudaMemcpy(data, host, bytes, cudaMemcpyHostToDevice), "copying an array to the GPU");
    return {data, [](void* p) { (void)cudaFree(p); }};
  }
  void download(void* host, const void* device, std::size_t bytes) const override {
    guerdon::detail::check(cudaDeviceSynchronize(), "waiting for the GPU");
    guerdon::detail::check(cudaMemcpy(host, device, bytes, cudaMemcpyDeviceToHost), "copying an array from the GPU");
  }
};
inline const memory* gpu_arrays() {
  static const gpu_memory arrays;
  return &arrays;
}

}  // namespace guerdon::harness
