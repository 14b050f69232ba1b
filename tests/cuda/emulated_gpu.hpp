#pragma once
// The CUDA backend's teams and launch rules on the host: 256 fibers are a block, its machine exchanges values between
// them as the hardware does. Finds wrong indices, missing barriers and members that never meet; says nothing about
// speed, memory ordering or the hardware itself.

#include <guerdon/backend/device_teams.hpp>
#include <guerdon/backend/emulated.hpp>

#include <cstring>

namespace guerdon { inline namespace GUERDON_ABI {

/// One block of fibers. Each waits for its group of lanes or for the block; a group goes on when all its members wait
/// for the same thing.
class fiber_gpu_block {
 public:
  explicit fiber_gpu_block(int threads) : fibers_(threads, 64 * 1024), at_(at(threads)) {}

  /// Runs body(thread) on every fiber to its end. Throws what one of them threw, or std::logic_error when they wait for
  /// each other for ever.
  template <class Body>
  void run(const Body& body, int threads) {
    running = this;
    threads_ = threads;
    for (member& m : at_) m = {};
    fibers_.start(body, threads);
    for (bool moved = true; moved;) {
      moved = false;
      for (int k = 0; k < threads; ++k) {
        if (at_[at(k)].waiting || fibers_.done(k)) continue;
        moved = true;
        now_ = k;
        fibers_.resume(k);
        if (!fibers_.done(k)) release_group(k);
      }
    }
    bool all_done = true;
    for (int k = 0; k < threads; ++k) all_done &= fibers_.done(k);
    fibers_.cancel();
    for (int k = 0; k < threads; ++k)
      if (fibers_.thrown(k)) std::rethrow_exception(fibers_.thrown(k));
    if (!all_done) throw std::logic_error("a block that waits for ever: its threads wait for different things");
  }

  /// The block whose fibers run, as the hardware knows it without being told.
  static inline fiber_gpu_block* running = nullptr;

  int thread() const { return now_; }

  template <class V>
  V shuffle(const V& value, int lane, int width) {
    static_assert(sizeof(V) <= slot_bytes);
    const int k = now_;
    std::memcpy(at_[at(k)].given, &value, sizeof(V));
    wait(width);
    V result;
    std::memcpy(&result, at_[at(k / width * width + lane)].shown, sizeof(V));
    return result;
  }
  bool any(bool flag) {
    const int k = now_;
    at_[at(k)].flag = flag;
    wait(threads_);
    return at_[at(k)].any;
  }

 private:
  static constexpr std::size_t slot_bytes = 128;
  static constexpr std::size_t at(int k) { return static_cast<std::size_t>(k); }
  struct member {
    bool waiting = false;
    int width = 0;                         // the size of the group it waits for
    unsigned char given[slot_bytes] = {};  // to the others, once all are there
    unsigned char shown[slot_bytes] = {};
    bool flag = false, any = false;        // likewise
  };

  void wait(int width) {
    const int k = now_;
    at_[at(k)].width = width;
    at_[at(k)].waiting = true;
    fibers_.pause(k);
    now_ = k;
  }

  void release_group(int k) {
    const int width = at_[at(k)].width, first = k / width * width;
    for (int j = first; j < first + width; ++j)
      if (fibers_.done(j) || !at_[at(j)].waiting || at_[at(j)].width != width) return;
    bool any = false;
    for (int j = first; j < first + width; ++j) any |= at_[at(j)].flag;
    for (int j = first; j < first + width; ++j) {
      member& m = at_[at(j)];
      std::memcpy(m.shown, m.given, slot_bytes);
      m.any = any;
      m.waiting = false;
    }
  }

  detail::fibers fibers_;
  std::vector<member> at_;
  int threads_ = 0, now_ = 0;
};

/// The machine that device::team asks for.
struct fiber_machine {
  fiber_gpu_block* block;
  int thread() const { return block->thread(); }
  void sync() const { block->any(false); }
  bool any(bool flag) const { return block->any(flag); }
  bool last_of(unsigned* arrived, index_t blocks) const {
    bool last = false;
    sync();
    if (thread() == 0) last = static_cast<index_t>((*arrived)++) == blocks - 1;
    if (last) *arrived = 0;
    return any(last);
  }
  template <class V>
  V shuffle(const V& value, int lane, int width) const { return block->shuffle(value, lane, width); }
};

/// A backend that launches as guerdon::cuda_backend does on a GPU with so many processors.
template <class Team = device::team<device::own_collectives<fiber_machine>>>
class basic_emulated_gpu : public host_backend {
 public:
  explicit basic_emulated_gpu(int processors = 1) : block_(device::block_threads), processors_(processors) {}

  template <class F>
  void each(index_t n, const F& f) const { serial_team{}.each(n, f); }

  template <class Program>
  void for_segments(const segments& s, const Program& program) const {
    run_blocks(s, [&](typename Team::storage& shared, index_t chunk, index_t block, index_t blocks) {
      device::run_segments<Team>(fiber_machine{&block_}, shared, s, program, chunk, block, blocks);
    });
  }

  template <class Program, class Last>
  void for_segments_then(const segments& s, const Program& program, index_t n, const Last& last) const {
    const segments following = segments::uniform(1, n);
    if (s.count() <= 0) return for_segments(following, last);
    run_blocks(s, [&](typename Team::storage& shared, index_t chunk, index_t block, index_t blocks) {
      device::run_segments_then<Team>(fiber_machine{&block_}, shared, s, program, chunk, block, blocks,
                                      following, last, &arrived_);
    });
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

 private:
  template <class Run>
  void run_blocks(const segments& s, Run run) const {
    if (s.count() <= 0) return;
    const index_t chunk = device::segments_per_block(s, processors_);
    const index_t blocks = (s.count() + chunk - 1) / chunk;
    for (index_t block = 0; block < blocks; ++block) {
      typename Team::storage shared;
      std::memset(static_cast<void*>(&shared), 0xff, sizeof shared);  // shared memory holds anything
      block_.run([&](int) { run(shared, chunk, block, blocks); }, device::block_threads);
    }
  }

  mutable fiber_gpu_block block_;
  int processors_;
  mutable unsigned arrived_ = 0;
};

using emulated_gpu = basic_emulated_gpu<>;

}}  // namespace guerdon
