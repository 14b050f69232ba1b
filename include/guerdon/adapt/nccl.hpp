#pragma once
// Ranks that NCCL knows, for the statistics of adapt/ranks.hpp: where a job has NCCL's communicator and no MPI.
//
//   const guerdon::nccl_ranks ranks(communicator, stream);
//   const auto spread = guerdon::global_moments<guerdon::nccl_ranks, float>(ranks, reward);      // reward on the host
//
// The values lie on the host, and a few hundred bytes an exchange go through the device. They are integers and bytes, so
// no reduction rounds: any number of ranks gives the same bits. A rank that waits for the others longer than `limit`, or
// is told of an error by NCCL, aborts the communicator, which its owner must then not destroy, and throws
// std::runtime_error: left alone, that ends the process with a sentence instead of a hang.
//
// Needs NCCL 2.4, a communicator that blocks, and CUDA's runtime; no nvcc. No umbrella includes this header.

#include <guerdon/adapt/ranks.hpp>

#include <cuda_runtime_api.h>
#include <nccl.h>

#include <chrono>
#include <stdexcept>

namespace guerdon {

/// Called from one thread, whose current device is the communicator's. Exchanges are collective over the communicator.
class nccl_ranks {
 public:
  explicit nccl_ranks(ncclComm_t communicator, cudaStream_t stream = nullptr,
                      std::chrono::milliseconds limit = std::chrono::minutes(5))
      : communicator_(communicator), stream_(stream), limit_(limit) {
    require(limit.count() > 0, "nccl_ranks", "limit", "must be longer than nothing");
    check(ncclCommUserRank(communicator, &rank_));
    check(ncclCommCount(communicator, &size_));
  }
  nccl_ranks(const nccl_ranks&) = delete;
  nccl_ranks& operator=(const nccl_ranks&) = delete;
  ~nccl_ranks() { cudaFree(device_); }

  int rank() const { return rank_; }
  int size() const { return size_; }

  void sum(std::int64_t* words, std::size_t n) const {
    const std::size_t bytes = n * sizeof *words;
    char* const there = room(bytes);
    check(cudaMemcpyAsync(there, words, bytes, cudaMemcpyHostToDevice, stream_));
    check(ncclAllReduce(there, there, n, ncclInt64, ncclSum, communicator_, stream_));
    wait();
    check(cudaMemcpy(words, there, bytes, cudaMemcpyDeviceToHost));
  }
  void gather(const void* mine, std::size_t bytes, void* all) const {
    const std::size_t total = bytes * static_cast<std::size_t>(size_);
    char* const there = room(total + bytes);
    check(cudaMemcpyAsync(there + total, mine, bytes, cudaMemcpyHostToDevice, stream_));
    check(ncclAllGather(there + total, there, bytes, ncclUint8, communicator_, stream_));
    wait();
    check(cudaMemcpy(all, there, total, cudaMemcpyDeviceToHost));
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw std::runtime_error("guerdon: rank " + std::to_string(rank_) + " of " + std::to_string(size_) + " " + problem);
  }
  void check(cudaError_t status) const {
    if (status != cudaSuccess) fail(std::string("was told by CUDA: ") + cudaGetErrorString(status));
  }
  void check(ncclResult_t status) const {
    if (status != ncclSuccess) fail(std::string("was told by NCCL: ") + ncclGetErrorString(status));
  }
  /// Memory of the device's, kept for the next exchange.
  char* room(std::size_t bytes) const {
    if (bytes > bytes_) {
      check(cudaFree(device_));
      device_ = nullptr, bytes_ = 0;
      check(cudaMalloc(&device_, bytes));
      bytes_ = bytes;
    }
    return static_cast<char*>(device_);
  }
  void wait() const {
    const bool came = detail::came_in_time(limit_, [&] {
      const cudaError_t done = cudaStreamQuery(stream_);
      if (done == cudaSuccess) return true;
      if (done != cudaErrorNotReady) check(done);
      ncclResult_t problem = ncclSuccess;
      check(ncclCommGetAsyncError(communicator_, &problem));
      if (problem != ncclSuccess) ncclCommAbort(communicator_);
      check(problem);
      return false;
    });
    if (came) return;
    ncclCommAbort(communicator_);
    throw std::runtime_error(detail::never_came(*this, limit_));
  }

  ncclComm_t communicator_;
  cudaStream_t stream_;
  std::chrono::milliseconds limit_;
  int rank_ = 0, size_ = 1;
  mutable void* device_ = nullptr;
  mutable std::size_t bytes_ = 0;
};

}  // namespace guerdon
