#pragma once
// For tests: a GPU block on the host. N fibers run the program text that the GPU runs; every collective is a
// barrier. Shows what a single-threaded team cannot: a member that reads what another member wrote without a
// collective between (run both orders and compare), and members that disagree about which collective comes next.

#include <guerdon/backend/scalar.hpp>

#include <ucontext.h>

#include <array>
#include <cstring>

#if defined(__SANITIZE_ADDRESS__)
#define GUERDON_FIBER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUERDON_FIBER_ASAN 1
#endif
#endif
#ifdef GUERDON_FIBER_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace guerdon { inline namespace GUERDON_ABI {

enum class member_order { ascending, descending };

namespace detail {

/// N fibers and the slots through which their collectives exchange values.
class fiber_block {
 public:
  static constexpr std::size_t slot_bytes = 128;

  fiber_block(int members, member_order order)
      : members_(members), order_(order), stacks_(at(members) * stack_bytes), fibers_(at(members)) {
    for (auto& set : slots_) set.resize(at(members));
  }

  int members() const { return members_; }

  /// Runs body(k) on every fiber to its end. Throws std::logic_error when collectives diverge.
  template <class Body>
  void run(const Body& body) {
    body_ = &body;
    call_ = [](const void* b, int k) { (*static_cast<const Body*>(b))(k); };
    for (int k = 0; k < members_; ++k) start(k);
    for (;;) {
      for (int step = 0; step < members_; ++step) {
        const int k = order_ == member_order::ascending ? step : members_ - 1 - step;
        if (!fibers_[at(k)].done) resume(k);
      }
      const bool first_done = fibers_[0].done;
      for (int k = 1; k < members_; ++k)
        if (fibers_[at(k)].done != first_done || (!first_done && fibers_[at(k)].tag != fibers_[0].tag))
          throw std::logic_error("divergent collectives: member 0 " + state(0) + " while member " +
                                 std::to_string(k) + " " + state(k));
      if (first_done) return;
    }
  }

  /// Called on fiber k: waits until every member is here.
  void barrier(int k, const char* collective) {
    fibers_[at(k)].tag = collective;
    fibers_[at(k)].parity ^= 1;
    switch_fibers(fibers_[at(k)].context, scheduler_, nullptr, scheduler_stack_, scheduler_stack_bytes_);
  }

  /// Two sets of slots in turn: a member may fill the next set while others still read this one.
  template <class V>
  void put(int k, const V& value) {
    static_assert(sizeof(V) <= slot_bytes);
    std::memcpy(slots_[fibers_[at(k)].parity][at(k)].data(), &value, sizeof(V));
  }
  /// The value member `from` put before the barrier that member k has just passed.
  template <class V>
  V get(int k, int from) const {
    V value;
    std::memcpy(&value, slots_[fibers_[at(k)].parity ^ 1][at(from)].data(), sizeof(V));
    return value;
  }

 private:
  static constexpr std::size_t stack_bytes = 256 * 1024;
  static constexpr std::size_t at(int k) { return static_cast<std::size_t>(k); }

  std::string state(int k) const {
    return fibers_[at(k)].done ? std::string("has finished") : std::string("waits in ") + fibers_[at(k)].tag;
  }

  void start(int k) {
    fibers_[at(k)].done = false;
    fibers_[at(k)].parity = 0;
    ucontext_t& c = fibers_[at(k)].context;
    getcontext(&c);
    c.uc_stack.ss_sp = stacks_.data() + at(k) * stack_bytes;
    c.uc_stack.ss_size = stack_bytes;
    c.uc_link = nullptr;
    const auto self = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&c, reinterpret_cast<void (*)()>(&fiber_block::entry), 3, static_cast<unsigned>(self >> 32),
                static_cast<unsigned>(self & 0xffffffffu), k);
  }

  static void entry(unsigned high, unsigned low, int k) {
    auto* self = reinterpret_cast<fiber_block*>((static_cast<std::uintptr_t>(high) << 32) | low);
#ifdef GUERDON_FIBER_ASAN
    __sanitizer_finish_switch_fiber(nullptr, &self->scheduler_stack_, &self->scheduler_stack_bytes_);
#endif
    self->call_(self->body_, k);
    self->fibers_[at(k)].done = true;
    self->switch_fibers(self->fibers_[at(k)].context, self->scheduler_, nullptr, self->scheduler_stack_,
                        self->scheduler_stack_bytes_);
  }

  void resume(int k) {
    switch_fibers(scheduler_, fibers_[at(k)].context, nullptr, stacks_.data() + at(k) * stack_bytes, stack_bytes);
  }

  void switch_fibers(ucontext_t& from, ucontext_t& to, void* fake, const void* stack, std::size_t bytes) {
#ifdef GUERDON_FIBER_ASAN
    __sanitizer_start_switch_fiber(&fake, stack, bytes);
    swapcontext(&from, &to);
    __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#else
    (void)fake, (void)stack, (void)bytes;
    swapcontext(&from, &to);
#endif
  }

  struct fiber {
    ucontext_t context;
    bool done = false;
    const char* tag = nullptr;  // the collective it waits in
    unsigned parity = 0;
  };

  int members_;
  member_order order_;
  std::vector<char> stacks_;
  std::vector<fiber> fibers_;
  ucontext_t scheduler_;
  const void* scheduler_stack_ = nullptr;
  std::size_t scheduler_stack_bytes_ = 0;
  std::vector<std::array<char, slot_bytes>> slots_[2];
  const void* body_ = nullptr;
  void (*call_)(const void*, int) = nullptr;
};

}  // namespace detail

/// Member k of N takes the indices k, k+N, k+2N, ...
class fiber_team {
 public:
  fiber_team(detail::fiber_block& block, int k) : block_(block), N(block.members()), k_(k) {}
  index_t members() const { return N; }

  template <class F>
  void once(F f) {
    if (k_ == 0) f();
  }

  template <class F>
  void each(index_t n, F f) {
    for (index_t i = k_; i < n; i += N) f(i);
  }

  template <class F>
  double sum(index_t n, F f) {
    return reduce<add>(n, [&](index_t i) { return lanes{f(i)}; })[0];
  }

  template <class... Op, class F>
  lanes<double, sizeof...(Op)> reduce(index_t n, F f) {
    using result = lanes<double, sizeof...(Op)>;
    const auto merge = [](result& total, const auto& x) {
      int j = 0;
      ((total[j] = Op::combine(total[j], static_cast<double>(x[j])), ++j), ...);
    };
    result mine{{Op::identity...}};
    for (index_t i = k_; i < n; i += N) merge(mine, f(i));
    block_.put(k_, mine);
    block_.barrier(k_, "reduce");
    result total{{Op::identity...}};
    for (int j = 0; j < N; ++j) merge(total, block_.get<result>(k_, j));
    return total;
  }

  template <class R, class Load, class Store>
  void recur_backward(index_t n, R x, Load load, Store store) {
    using step_t = decltype(load(index_t(0)));
    for (index_t tile = (n + N - 1) / N - 1; tile >= 0; --tile) {
      const index_t i = tile * N + k_;
      block_.put(k_, i < n ? load(i) : step_t::identity());
      block_.barrier(k_, "recur_backward");
      step_t after = step_t::identity(), whole = step_t::identity();
      for (int j = N - 1; j >= 0; --j) {
        const auto step = block_.get<step_t>(k_, j);
        if (j > k_) after = compose(step, after);
        whole = compose(step, whole);
      }
      const R next = after(x);
      if (i < n) store(i, block_.get<step_t>(k_, k_)(next), next);
      x = whole(x);
    }
  }

  template <class R, class Load, class Store>
  void recur_forward(index_t n, R x, Load load, Store store) {
    using step_t = decltype(load(index_t(0)));
    for (index_t tile = 0; tile * N < n; ++tile) {
      const index_t i = tile * N + k_;
      block_.put(k_, i < n ? load(i) : step_t::identity());
      block_.barrier(k_, "recur_forward");
      step_t before = step_t::identity(), whole = step_t::identity();
      for (int j = 0; j < N; ++j) {
        const auto step = block_.get<step_t>(k_, j);
        if (j < k_) before = compose(step, before);
        whole = compose(step, whole);
      }
      const R previous = before(x);
      if (i < n) store(i, block_.get<step_t>(k_, k_)(previous), previous);
      x = whole(x);
    }
  }

 private:
  detail::fiber_block& block_;
  int N, k_;
};

/// A number of members per segment, in one of two orders; a right program gives the same in both.
class emulated_backend {
 public:
  static constexpr bool on_host = true;
  template <class T>
  using array = std::vector<T>;

  explicit emulated_backend(int members = 32, member_order order = member_order::ascending) : block_(members, order) {
    require(members >= 1, "emulated", "members", "must be at least 1");
  }

  template <class T>
  array<T> make(index_t n) const { return reference_.make<T>(n); }
  workspace<>::scope scratch() const { return reference_.scratch(); }
  template <class F>
  void each(index_t n, F f) const { reference_.each(n, f); }

  template <class Program>
  void for_segments(const segments& s, const Program& program) const {
    for (index_t i = 0; i < s.count(); ++i)
      block_.run([&](int k) {
        fiber_team team(block_, k);
        program(team, i);
      });
  }

  template <class End, class Load, class Store>
  void recur_time_backward(const time_layout& layout, End x_end, Load load, Store store) const {
    for (index_t b = 0; b < layout.columns; ++b)
      block_.run([&](int k) {
        fiber_team team(block_, k);
        team.recur_backward(
            layout.steps, x_end(b), [&](index_t t) { return load(layout.at(t, b)); },
            [&](index_t t, auto x, auto next) { store(layout.at(t, b), x, next); });
      });
  }

  template <class Key>
  void sort_segments(const segments& s, view<const Key> keys, view<Key> sorted) const {
    reference_.sort_segments(s, keys, sorted);
  }

 private:
  scalar_backend reference_;
  mutable detail::fiber_block block_;
};

}}  // namespace guerdon
