#pragma once
// The CUDA backend's teams and launch rules on the host: 256 fibers are a block, its machine exchanges values between
// them as the hardware does. Finds wrong indices, missing barriers and members that never meet; says nothing about
// speed, memory ordering or the hardware itself.

#include <guerdon/backend/device_teams.hpp>
#include <guerdon/backend/scalar.hpp>

#include <ucontext.h>

#include <cstring>

#if defined(__SANITIZE_ADDRESS__)
#define GUERDON_GPU_FIBER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUERDON_GPU_FIBER_ASAN 1
#endif
#endif
#ifdef GUERDON_GPU_FIBER_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace guerdon { inline namespace GUERDON_ABI {

/// One block of fibers. Each waits for its group of lanes or for the block; a group goes on when all its members wait
/// for the same thing.
class fiber_gpu_block {
 public:
  explicit fiber_gpu_block(int threads) : fibers_(at(threads)), stacks_(at(threads) * stack_bytes) {}

  /// Runs body(thread) on every fiber to its end; throws std::logic_error when they wait for each other for ever.
  template <class Body>
  void run(const Body& body, int threads) {
    body_ = &body;
    call_ = [](const void* b, int thread) { (*static_cast<const Body*>(b))(thread); };
    threads_ = threads;
    for (int k = 0; k < threads_; ++k) start(k);
    for (int left = threads_; left > 0;) {
      bool moved = false;
      for (int k = 0; k < threads_; ++k) {
        fiber& f = fibers_[at(k)];
        if (f.state != ready) continue;
        moved = true;
        now_ = k;
        resume(k);
        if (f.state == done) --left;
        else release_group(k);
      }
      if (!moved && left > 0)
        throw std::logic_error("a block that waits for ever: its threads wait for different things");
    }
  }

  int thread() const { return now_; }

  template <class V>
  V shuffle(const V& value, int lane, int width) {
    static_assert(sizeof(V) <= slot_bytes);
    const int k = now_;
    std::memcpy(fibers_[at(k)].given, &value, sizeof(V));
    wait(width);
    V result;
    std::memcpy(&result, fibers_[at(k / width * width + lane)].shown, sizeof(V));
    return result;
  }
  bool any(bool flag) {
    const int k = now_;
    fibers_[at(k)].flag = flag;
    wait(threads_);
    return fibers_[at(k)].any;
  }

 private:
  static constexpr std::size_t stack_bytes = 64 * 1024, slot_bytes = 128;
  enum state_t { ready, waiting, done };
  struct fiber {
    ucontext_t context;
    state_t state = done;
    int width = 0;                    // the size of the group it waits for
    unsigned char given[slot_bytes];  // to the others, once all are there
    unsigned char shown[slot_bytes];
    bool flag = false, any = false;   // likewise
  };
  static constexpr std::size_t at(int k) { return static_cast<std::size_t>(k); }

  void wait(int width) {
    fiber& f = fibers_[at(now_)];
    const int k = now_;
    f.width = width;
    f.state = waiting;
    switch_fibers(f.context, scheduler_, scheduler_stack_, scheduler_stack_bytes_);
    now_ = k;
  }

  void release_group(int k) {
    const int width = fibers_[at(k)].width, first = k / width * width;
    for (int j = first; j < first + width; ++j)
      if (fibers_[at(j)].state != waiting || fibers_[at(j)].width != width) return;
    bool any = false;
    for (int j = first; j < first + width; ++j) any |= fibers_[at(j)].flag;
    for (int j = first; j < first + width; ++j) {
      fiber& f = fibers_[at(j)];
      std::memcpy(f.shown, f.given, slot_bytes);
      f.any = any;
      f.state = ready;
    }
  }

  void start(int k) {
    fiber& f = fibers_[at(k)];
    f.state = ready;
    f.width = 0;
    f.flag = false;
    std::memset(f.given, 0, slot_bytes);
    getcontext(&f.context);
    f.context.uc_stack.ss_sp = stacks_.data() + at(k) * stack_bytes;
    f.context.uc_stack.ss_size = stack_bytes;
    f.context.uc_link = nullptr;
    const auto self = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&f.context, reinterpret_cast<void (*)()>(&fiber_gpu_block::entry), 2, static_cast<unsigned>(self >> 32),
                static_cast<unsigned>(self & 0xffffffffu));
  }
  static void entry(unsigned high, unsigned low) {
    auto* self = reinterpret_cast<fiber_gpu_block*>((static_cast<std::uintptr_t>(high) << 32) | low);
#ifdef GUERDON_GPU_FIBER_ASAN
    __sanitizer_finish_switch_fiber(nullptr, &self->scheduler_stack_, &self->scheduler_stack_bytes_);
#endif
    const int k = self->now_;
    self->call_(self->body_, k);
    fiber& f = self->fibers_[at(k)];
    f.state = done;
    self->switch_fibers(f.context, self->scheduler_, self->scheduler_stack_, self->scheduler_stack_bytes_);
  }
  void resume(int k) {
    switch_fibers(scheduler_, fibers_[at(k)].context, stacks_.data() + at(k) * stack_bytes, stack_bytes);
  }
  void switch_fibers(ucontext_t& from, ucontext_t& to, const void* stack, std::size_t bytes) {
#ifdef GUERDON_GPU_FIBER_ASAN
    void* fake = nullptr;
    __sanitizer_start_switch_fiber(&fake, stack, bytes);
    swapcontext(&from, &to);
    __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#else
    (void)stack, (void)bytes;
    swapcontext(&from, &to);
#endif
  }

  std::vector<fiber> fibers_;
  std::vector<char> stacks_;
  int threads_ = 0, now_ = 0;
  ucontext_t scheduler_;
  const void* scheduler_stack_ = nullptr;
  std::size_t scheduler_stack_bytes_ = 0;
  const void* body_ = nullptr;
  void (*call_)(const void*, int) = nullptr;
};

/// The machine that device::team asks for.
struct fiber_machine {
  fiber_gpu_block* block;
  int thread() const { return block->thread(); }
  void sync() const { block->any(false); }
  bool any(bool flag) const { return block->any(flag); }
  template <class V>
  V shuffle(const V& value, int lane, int width) const { return block->shuffle(value, lane, width); }
};

/// A backend that launches as guerdon::cuda_backend does on a GPU with so many processors.
class emulated_gpu {
 public:
  static constexpr bool on_host = true;
  template <class T>
  using array = std::vector<T>;

  explicit emulated_gpu(int processors = 1) : block_(device::block_threads), processors_(processors) {}

  template <class T>
  array<T> make(index_t n) const { return reference_.make<T>(n); }
  workspace<>::scope scratch() const { return reference_.scratch(); }
  template <class F>
  void each(index_t n, const F& f) const { reference_.each(n, f); }

  template <class Program>
  void for_segments(const segments& s, const Program& program) const {
    if (s.count() <= 0) return;
    const index_t chunk = device::segments_per_block(s, processors_);
    const index_t blocks = (s.count() + chunk - 1) / chunk;
    for (index_t block = 0; block < blocks; ++block) {
      device::block_storage storage;
      std::memset(&storage, 0xff, sizeof storage);  // shared memory holds anything
      block_.run([&](int) {
        device::run_segments(fiber_machine{&block_}, storage, s, program, chunk, block, blocks);
      }, device::block_threads);
    }
  }

  template <class End, class Load, class Store>
  void recur_time_backward(const time_layout& layout, const End& x_end, const Load& load, const Store& store) const {
    using R = decltype(x_end(index_t(0)));
    if (layout.columns <= 0) return;
    if (device::team_per_column(layout))
      return for_segments(segments::uniform(layout.columns, layout.steps),
                          device::column_program<End, Load, Store>{layout, x_end, load, store});
    const index_t blocks = (layout.columns + device::warp_threads - 1) / device::warp_threads;
    const int warps = device::strip_warps(layout, processors_);
    for (index_t block = 0; block < blocks; ++block) {
      device::strip_storage<R> storage;
      std::memset(static_cast<void*>(&storage), 0xff, sizeof storage);
      block_.run(
          [&](int) { device::run_strips(fiber_machine{&block_}, storage, layout, x_end, load, store, block, warps); },
          warps * device::warp_threads);
    }
  }

  template <class Key>
  void sort_segments(const segments& s, view<const Key> keys, view<Key> sorted) const {
    reference_.sort_segments(s, keys, sorted);
  }

 private:
  scalar_backend reference_;
  mutable fiber_gpu_block block_;
  int processors_;
};

}}  // namespace guerdon
