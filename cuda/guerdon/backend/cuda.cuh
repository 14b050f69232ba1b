#pragma once
// The CUDA backend: every launch is one kernel on the backend's stream.
//
//   guerdon::cuda_backend gpu{stream};                             // any stream; none: the default stream
//   auto reward = gpu.upload(rewards);                             // std::vector -> device array
//   auto advantage = guerdon::grpo_advantage(gpu, {reward, offsets});
//   std::vector<float> back = advantage.to_host();                 // waits for the stream
//
// Operations return before the GPU has run them, and errors of the GPU itself show up in a later call. Arguments are
// checked as far as the host can see: what offsets and lengths hold in device memory is the caller's word.
//
// A call whose scratch memory fits the workspace allocates nothing and waits for nothing, so it can be captured in a
// graph: call it once before, or `gpu.workspace().reserve(bytes)`. Memory comes from the stream and goes back to it
// in order: nothing is freed under a kernel that still runs.
//
// A segment gets 8 lanes, a warp or a block by its length. Reductions over whole arrays are cut into blocks.
//
// Whose text does what: kernels, the cutting of segments and the teams are guerdon's own, which also runs on the fibers
// of the tests. Sorting, selecting, reducing by key and integer sums over whole arrays are CUB's (cuda_sort.cuh,
// cuda_select.cuh). cub_team.cuh brings a second backend whose teams combine by CUB's warp and block collectives.
// Nothing here is Thrust's; guerdon::thrust_backend is another backend, every launch of which is a Thrust algorithm.
//
// Code that calls operations is compiled by nvcc with --extended-lambda and --expt-relaxed-constexpr, which the CMake
// target guerdon::cuda brings along. cuda_sort.cuh adds what sorts, cuda_select.cuh what selects, counts and compacts.

#include <guerdon/backend/composed_sort.hpp>
#include <guerdon/backend/device_teams.hpp>
#include <guerdon/core/launch.hpp>

#include <cuda_runtime.h>

#include <stdexcept>
#include <utility>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// What went wrong on the way to the GPU or on it, in a sentence a person can act on.
struct cuda_error : std::runtime_error {
  cuda_error(cudaError_t error, const std::string& doing) : std::runtime_error(sentence(error, doing)), code(error) {}
  cudaError_t code;

 private:
  static std::string sentence(cudaError_t error, const std::string& doing) {
    return "cuda: " + doing + " failed: " + cudaGetErrorString(error) + advice(error);
  }
  static const char* advice(cudaError_t error) {
    switch (error) {
      case cudaErrorInsufficientDriver:
        return ". There is no NVIDIA driver here, or one older than this program's CUDA runtime: install a newer "
               "driver, or run on guerdon::eigen_backend or guerdon::scalar_backend.";
      case cudaErrorNoDevice:
        return ". `nvidia-smi` lists the GPUs that the driver sees, CUDA_VISIBLE_DEVICES may hide them: without one, "
               "run on guerdon::eigen_backend or guerdon::scalar_backend.";
      case cudaErrorNoKernelImageForDevice:
      case cudaErrorUnsupportedPtxVersion:
        return ". The program holds no code for this GPU: build it with CMAKE_CUDA_ARCHITECTURES=native.";
      case cudaErrorMemoryAllocation:
        return ". Use smaller batches, or free memory that other arrays and programs hold on the GPU.";
      case cudaErrorStreamCaptureUnsupported:
      case cudaErrorStreamCaptureInvalidated:
        return ". Run the call once before capturing it, or reserve its workspace, so that it allocates nothing.";
      case cudaErrorIllegalAddress:
      case cudaErrorMisalignedAddress:
        return ". An array is not in this GPU's memory or is shorter than it says: host arrays go through upload().";
      default: return ".";
    }
  }
};

namespace detail {

inline void check(cudaError_t error, const std::string& doing) {
  if (error == cudaSuccess) return;
  (void)cudaGetLastError();  // reported here, not once more by the next call
  throw cuda_error(error, doing);
}

}  // namespace detail

/// Device memory in the order of a stream.
struct cuda_memory {
  cudaStream_t stream = nullptr;

  void* allocate(std::size_t bytes) const {
    // Memory of a graph lives as long as the graph runs; a workspace outlives it.
    cudaStreamCaptureStatus capture = cudaStreamCaptureStatusNone;
    detail::check(cudaStreamIsCapturing(stream, &capture), "asking the stream's state");
    if (capture != cudaStreamCaptureStatusNone)
      throw cuda_error(cudaErrorStreamCaptureUnsupported, "taking scratch memory while the stream is captured");
    void* data = nullptr;
    detail::check(cudaMallocAsync(&data, bytes, stream), "taking " + std::to_string(bytes) + " bytes of GPU memory");
    return data;
  }
  void release(void* data) const noexcept { (void)cudaFreeAsync(data, stream); }
};

/// An owning array in device memory, taken from and given back to a stream in its order. Converts to view<T>.
template <class T>
class cuda_array {
 public:
  cuda_array() = default;
  explicit cuda_array(index_t size, cudaStream_t stream = nullptr) : memory_{stream}, size_(size) {
    if (size > 0) data_ = static_cast<T*>(memory_.allocate(static_cast<std::size_t>(size) * sizeof(T)));
  }
  explicit cuda_array(const std::vector<T>& host, cudaStream_t stream = nullptr)
      : cuda_array(static_cast<index_t>(host.size()), stream) {
    copy_from(host);
  }
  cuda_array(cuda_array&& other) noexcept
      : memory_(other.memory_), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  cuda_array& operator=(cuda_array&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~cuda_array() {
    if (data_) memory_.release(data_);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  index_t size() const { return size_; }

  void copy_from(const std::vector<T>& host) {
    require(static_cast<index_t>(host.size()) == size_, "cuda_array", "host vector",
            "has another size than the device array");
    if (size_ > 0)
      detail::check(cudaMemcpyAsync(data_, host.data(), bytes(), cudaMemcpyHostToDevice, memory_.stream),
                    "copying an array to the GPU");
  }
  /// Waits for everything the stream was given before.
  std::vector<T> to_host() const {
    std::vector<T> host(static_cast<std::size_t>(size_));
    if (size_ > 0)
      detail::check(cudaMemcpyAsync(host.data(), data_, bytes(), cudaMemcpyDeviceToHost, memory_.stream),
                    "copying an array from the GPU");
    detail::check(cudaStreamSynchronize(memory_.stream), "waiting for the GPU");
    return host;
  }

 private:
  std::size_t bytes() const { return static_cast<std::size_t>(size_) * sizeof(T); }

  cuda_memory memory_;
  T* data_ = nullptr;
  index_t size_ = 0;
};

namespace device {

/// This thread of the hardware. Host bodies exist because programs are text for both sides; nothing calls them.
struct hardware {
#ifdef __CUDA_ARCH__
  GUERDON_HD int thread() const { return static_cast<int>(threadIdx.x); }
  GUERDON_HD void sync() const { __syncthreads(); }
  GUERDON_HD bool any(bool flag) const { return __syncthreads_or(flag); }
  GUERDON_HD bool last_of(unsigned* arrived, index_t blocks) const {
    bool last = false;
    __syncthreads();
    if (threadIdx.x == 0) {
      __threadfence();  // what this block wrote comes before its arrival
      last = index_t(atomicAdd(arrived, 1u)) == blocks - 1;
      if (last) *arrived = 0;
      __threadfence();  // and all arrivals before what the last one reads
    }
    return __syncthreads_or(last);
  }

  template <class V>
  GUERDON_HD V shuffle(const V& value, int lane, int width) const {
    static_assert(sizeof(V) % sizeof(unsigned) == 0);
    constexpr int words = sizeof(V) / sizeof(unsigned);
    // The groups of a warp are busy with different segments and need not meet: each names its own lanes only.
    const unsigned mask = (~0u >> (warp_threads - width)) << (threadIdx.x % warp_threads / width * width);
    unsigned word[words];
    __builtin_memcpy(word, &value, sizeof(V));
    for (int k = 0; k < words; ++k) word[k] = __shfl_sync(mask, word[k], lane, width);
    V result;
    __builtin_memcpy(&result, word, sizeof(V));
    return result;
  }
#else
  GUERDON_HD int thread() const { return 0; }
  GUERDON_HD void sync() const {}
  GUERDON_HD bool any(bool flag) const { return flag; }
  GUERDON_HD bool last_of(unsigned*, index_t) const { return true; }
  template <class V>
  GUERDON_HD V shuffle(const V& value, int, int) const { return value; }
#endif
};

// Two blocks per processor are promised: without the number ptxas spills to fit more in.
template <class F>
__global__ void __launch_bounds__(block_threads, 2) each_kernel(index_t n, const F f) {
  const index_t threads = index_t(gridDim.x) * blockDim.x;
  for (index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += threads) f(i);
}

template <class Team, class Program>
__global__ void __launch_bounds__(block_threads, 2)
    segments_kernel(const segments s, const Program program, index_t chunk) {
  __shared__ typename Team::storage shared;
  run_segments<Team>(hardware{}, shared, s, program, chunk, blockIdx.x, gridDim.x);
}

template <class Team, class Program, class Last>
__global__ void __launch_bounds__(block_threads, 2)
    segments_then_kernel(const segments s, const Program program, index_t chunk, const segments following,
                         const Last last, unsigned* arrived) {
  __shared__ typename Team::storage shared;
  run_segments_then<Team>(hardware{}, shared, s, program, chunk, blockIdx.x, gridDim.x, following, last,
                          arrived);
}

template <class R, class End, class Load, class Store>
__global__ void __launch_bounds__(block_threads, 2)
    strips_kernel(const time_layout layout, const End x_end, const Load load, const Store store) {
  __shared__ strip_storage<R> storage;
  run_strips(hardware{}, storage, layout, x_end, load, store, blockIdx.x, static_cast<int>(blockDim.x) / warp_threads);
}

}  // namespace device

// What orders, selects, counts and compacts is CUB's. Defined by <guerdon/backend/cuda_sort.cuh> and
// <guerdon/backend/cuda_select.cuh>, which take nvcc a few seconds more and are included where they are needed.
template <class Key>
struct cub_sort;
template <class Value>
struct cub_select;

namespace detail {

/// A call of CUB's: once for the size of its scratch memory, which the workspace gives, once to launch it.
template <class Gpu, class Call>
void launch_cub(const Gpu& gpu, const char* doing, Call call) {
  std::size_t bytes = 0;
  check(call(nullptr, bytes), doing);
  auto scratch = gpu.scratch();
  const auto memory = scratch.template take<unsigned char>(static_cast<index_t>(bytes));
  check(call(static_cast<void*>(memory.data()), bytes), doing);
}

}  // namespace detail

/// `cuda_backend gpu;` the default stream of the current device. `cuda_backend gpu{stream};` that stream, which must
/// outlive the backend and its arrays. Used by one thread at a time, like the stream. Team: who works on a segment.
template <class Team = device::team<device::own_collectives<device::hardware>>>
class basic_cuda_backend {
 public:
  static constexpr bool on_host = false;
  template <class T>
  using array = cuda_array<T>;

  explicit basic_cuda_backend(cudaStream_t stream = nullptr) : workspace_(cuda_memory{stream}), stream_(stream) {
    int device = 0;
    detail::check(cudaGetDevice(&device), "looking for a GPU");
    arrived_ = upload(std::vector<unsigned>{0});
    detail::check(cudaDeviceGetAttribute(&processors_, cudaDevAttrMultiProcessorCount, device), "looking for a GPU");
  }

  cudaStream_t stream() const { return stream_; }
  /// The scratch memory that calls share: reserve() makes even the first call allocate nothing.
  guerdon::workspace<cuda_memory>& workspace() const { return workspace_; }
  /// Waits until everything launched so far is done; throws what went wrong on the GPU meanwhile.
  void synchronize() const { detail::check(cudaStreamSynchronize(stream_), "waiting for the GPU"); }

  template <class T>
  array<T> make(index_t n) const { return array<T>(n, stream_); }
  template <class T>
  array<T> upload(const std::vector<T>& host) const { return array<T>(host, stream_); }
  template <class T>
  std::vector<T> download(const array<T>& from) const { return from.to_host(); }
  guerdon::workspace<cuda_memory>::scope scratch() const { return guerdon::workspace<cuda_memory>::scope(workspace_); }

  template <class F>
  void each(index_t n, const F& f) const {
    if (n <= 0) return;
    const index_t blocks = (n + device::block_threads - 1) / device::block_threads;
    const index_t resident = index_t(processors_) * 16;  // beyond these a thread takes several elements
    device::each_kernel<F><<<grid(blocks < resident ? blocks : resident), device::block_threads, 0, stream_>>>(n, f);
    launched();
  }

  template <class Program>
  void for_segments(const segments& s, const Program& program) const {
    if (s.count() <= 0) return;
    const index_t chunk = device::segments_per_block(s, processors_);
    const index_t blocks = (s.count() + chunk - 1) / chunk;
    device::segments_kernel<Team, Program><<<grid(blocks), device::block_threads, 0, stream_>>>(s, program, chunk);
    launched();
  }

  template <class Program, class Last>
  void for_segments_then(const segments& s, const Program& program, index_t n, const Last& last) const {
    const segments following = segments::uniform(1, n);
    if (s.count() <= 0) return for_segments(following, last);
    const index_t chunk = device::segments_per_block(s, processors_);
    const index_t blocks = (s.count() + chunk - 1) / chunk;
    device::segments_then_kernel<Team, Program, Last><<<grid(blocks), device::block_threads, 0, stream_>>>(
        s, program, chunk, following, last, arrived_.data());
    launched();
  }

  template <class End, class Load, class Store>
  void recur_time_backward(const time_layout& layout, const End& x_end, const Load& load, const Store& store) const {
    using R = decltype(x_end(index_t(0)));
    if (layout.columns <= 0) return;
    if (device::team_per_column(layout))
      return for_segments(segments::uniform(layout.columns, layout.steps),
                          device::column_program<End, Load, Store>{layout, x_end, load, store});
    const index_t blocks = (layout.columns + device::warp_threads - 1) / device::warp_threads;
    const int threads = device::strip_warps(layout, processors_) * device::warp_threads;
    device::strips_kernel<R, End, Load, Store><<<grid(blocks), threads, 0, stream_>>>(layout, x_end, load, store);
    launched();
  }

  template <class Key, class Value>
  void sort_pairs(view<const Key> keys, view<const Value> values, view<Key> sorted_keys, view<Value> sorted_values,
                  Key below = {}) const {
    static_assert(requires { sizeof(cub_sort<Key>); }, "this operation sorts: #include "
                  "<guerdon/backend/cuda_sort.cuh> beside <guerdon/backend/cuda.cuh>");
    cub_sort<Key>::pairs(*this, keys, values, sorted_keys, sorted_values, below);
  }

  template <class Key>
  void sort_segments(const segments& s, view<const Key> keys, view<Key> sorted) const {
    detail::composed_sort(*this, s, keys, sorted);
  }

  template <class Value>
  void select(view<const flag_t> flags, view<const Value> values, view<Value> kept, view<index_t> count) const {
    cub_for<Value>().flagged(*this, flags, values, kept, count);
  }

  template <class Op, class Key, class Value>
    requires order_free<Op, Value>
  void reduce_by_key(view<const Key> keys, view<const Value> values, view<Key> run_keys, view<Value> totals,
                     view<index_t> count) const {
    cub_for<Value>().template runs<Op>(*this, keys, values, run_keys, totals, count);
  }

  template <std::integral Value>
  void exclusive_sum(view<const Value> values, view<index_t> sums) const {
    cub_for<Value>().sums(*this, values, sums);
  }

 private:
  template <class Value>
  static auto cub_for() {
    static_assert(requires { sizeof(cub_select<Value>); }, "this operation selects, counts or compacts: #include "
                  "<guerdon/backend/cuda_select.cuh> beside <guerdon/backend/cuda.cuh>");
    return cub_select<Value>();
  }

  static unsigned grid(index_t blocks) {
    constexpr index_t most = 0x7fffffff;
    require(blocks <= most, "cuda", "columns", "are more than one launch can take (2^31 groups of 32)");
    return static_cast<unsigned>(blocks);
  }
  static void launched() { detail::check(cudaGetLastError(), "launching a kernel"); }

  mutable guerdon::workspace<cuda_memory> workspace_;
  cudaStream_t stream_;
  mutable cuda_array<unsigned> arrived_;  // [1] blocks of the launch under way that are done, see last_of
  int processors_ = 0;
};

using cuda_backend = basic_cuda_backend<>;

}}  // namespace guerdon
