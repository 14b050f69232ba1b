#pragma once
// For tests: a GPU block on the host. N fibers run the program text that the GPU runs; every collective is a
// barrier. Shows what a single-threaded team cannot: a member that reads what another member wrote without a
// collective between (run both orders and compare), and members that disagree about which collective comes next.

#include <guerdon/backend/host.hpp>

#include <ucontext.h>

#include <array>
#include <cstring>
#include <exception>

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

/// Stacks that take turns. The owner resumes one fiber at a time, until it pauses or ends.
class fibers {
 public:
  fibers(int count, std::size_t stack_bytes)
      : stack_bytes_(stack_bytes), stacks_(at(count) * stack_bytes), all_(at(count)) {}

  /// body(k) for k in 0..count-1, not yet begun.
  template <class Body>
  void start(const Body& body, int count) {
    body_ = &body;
    call_ = [](const void* b, int k) { (*static_cast<const Body*>(b))(k); };
    count_ = count;
    cancelled_ = false;
    for (int k = 0; k < count; ++k) start(k);
  }
  void resume(int k) { switch_to(scheduler_, all_[at(k)].context, stack(k), stack_bytes_); }
  /// Called on fiber k: the owner goes on, until it resumes k.
  void pause(int k) {
    switch_to(all_[at(k)].context, scheduler_, scheduler_stack_, scheduler_stack_bytes_);
    if (cancelled_) throw cancellation();
  }

  bool done(int k) const { return all_[at(k)].done; }
  /// What ended it, if that was an exception: an unwinder must not walk from one stack into another.
  const std::exception_ptr& thrown(int k) const { return all_[at(k)].thrown; }
  /// Ends those that have not ended: what stands on their stacks is destroyed.
  void cancel() {
    cancelled_ = true;
    for (int k = 0; k < count_; ++k)
      while (!done(k)) resume(k);
  }

 private:
  struct cancellation {};
  struct fiber {
    ucontext_t context;
    bool done = true;
    std::exception_ptr thrown;
  };
  static constexpr std::size_t at(int k) { return static_cast<std::size_t>(k); }
  char* stack(int k) { return stacks_.data() + at(k) * stack_bytes_; }

  void start(int k) {
    all_[at(k)].done = false;
    all_[at(k)].thrown = nullptr;
    ucontext_t& c = all_[at(k)].context;
    getcontext(&c);
    c.uc_stack.ss_sp = stack(k);
    c.uc_stack.ss_size = stack_bytes_;
    c.uc_link = nullptr;
    const auto self = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&c, reinterpret_cast<void (*)()>(&fibers::entry), 3, static_cast<unsigned>(self >> 32),
                static_cast<unsigned>(self & 0xffffffffu), k);
  }

  static void entry(unsigned high, unsigned low, int k) {
    auto* self = reinterpret_cast<fibers*>((static_cast<std::uintptr_t>(high) << 32) | low);
#ifdef GUERDON_FIBER_ASAN
    __sanitizer_finish_switch_fiber(nullptr, &self->scheduler_stack_, &self->scheduler_stack_bytes_);
#endif
    if (!self->cancelled_) self->call(k);
    self->all_[at(k)].done = true;
    self->switch_to(self->all_[at(k)].context, self->scheduler_, self->scheduler_stack_, self->scheduler_stack_bytes_);
  }
  void call(int k) noexcept {
    try {
      call_(body_, k);
    } catch (const cancellation&) {
    } catch (...) {
      all_[at(k)].thrown = std::current_exception();
    }
  }

  void switch_to(ucontext_t& from, ucontext_t& to, const void* stack, std::size_t bytes) {
#ifdef GUERDON_FIBER_ASAN
    void* fake = nullptr;
    __sanitizer_start_switch_fiber(&fake, stack, bytes);
    swapcontext(&from, &to);
    __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#else
    (void)stack, (void)bytes;
    swapcontext(&from, &to);
#endif
  }

  std::size_t stack_bytes_;
  std::vector<char> stacks_;
  std::vector<fiber> all_;
  int count_ = 0;
  bool cancelled_ = false;
  ucontext_t scheduler_;
  const void* scheduler_stack_ = nullptr;
  std::size_t scheduler_stack_bytes_ = 0;
  const void* body_ = nullptr;
  void (*call_)(const void*, int) = nullptr;
};

/// N fibers and the slots through which their collectives exchange values.
class fiber_block {
 public:
  static constexpr std::size_t slot_bytes = 128;

  fiber_block(int members, member_order order)
      : members_(members), order_(order), fibers_(members, 256 * 1024), at_(at(members)) {
    for (auto& set : slots_) set.resize(at(members));
  }

  int members() const { return members_; }

  /// Runs body(k) on every fiber to its end. Throws what the first of them in the order of the plain loop threw, or
  /// std::logic_error when collectives diverge.
  template <class Body>
  void run(const Body& body) {
    for (member& m : at_) m = {};
    fibers_.start(body, members_);
    for (;;) {
      for (int step = 0; step < members_; ++step) {
        const int k = order_ == member_order::ascending ? step : members_ - 1 - step;
        if (!fibers_.done(k)) fibers_.resume(k);
      }
      int first_thrown = -1;
      for (int k = 0; k < members_; ++k)
        if (fibers_.thrown(k) && (first_thrown < 0 || at_[at(k)].before(at_[at(first_thrown)]))) first_thrown = k;
      if (first_thrown >= 0) {
        fibers_.cancel();
        std::rethrow_exception(fibers_.thrown(first_thrown));
      }
      const bool first_done = fibers_.done(0);
      for (int k = 1; k < members_; ++k)
        if (fibers_.done(k) != first_done || (!first_done && at_[at(k)].tag != at_[0].tag)) {
          const std::string message =
              "divergent collectives: member 0 " + state(0) + " while member " + std::to_string(k) + " " + state(k);
          fibers_.cancel();
          throw std::logic_error(message);
        }
      if (first_done) return;
    }
  }

  /// Called on fiber k: it begins its next collective.
  void begins(int k) { ++at_[at(k)].collective; }
  /// Called on fiber k: it works on what the plain loop visits at that place.
  void visits(int k, index_t place) { at_[at(k)].place = place; }
  /// Called on fiber k: waits until every member is here.
  void barrier(int k, const char* collective) {
    at_[at(k)].tag = collective;
    at_[at(k)].parity ^= 1;
    fibers_.pause(k);
  }

  /// Two sets of slots in turn: a member may fill the next set while others still read this one.
  template <class V>
  void put(int k, const V& value) {
    static_assert(sizeof(V) <= slot_bytes);
    std::memcpy(slots_[at_[at(k)].parity][at(k)].data(), &value, sizeof(V));
  }
  /// The value member `from` put before the barrier that member k has just passed.
  template <class V>
  V get(int k, int from) const {
    V value;
    std::memcpy(&value, slots_[at_[at(k)].parity ^ 1][at(from)].data(), sizeof(V));
    return value;
  }

 private:
  static constexpr std::size_t at(int k) { return static_cast<std::size_t>(k); }

  std::string state(int k) const {
    return fibers_.done(k) ? std::string("has finished") : std::string("waits in ") + at_[at(k)].tag;
  }

  struct member {
    const char* tag = nullptr;  // the collective it waits in
    unsigned parity = 0;
    index_t collective = 0, place = 0;
    bool before(const member& other) const {
      return collective != other.collective ? collective < other.collective : place < other.place;
    }
  };

  int members_;
  member_order order_;
  fibers fibers_;
  std::vector<member> at_;
  std::vector<std::array<char, slot_bytes>> slots_[2];
};

}  // namespace detail

/// Member k of N takes the indices k, k+N, k+2N, ...
class fiber_team {
 public:
  fiber_team(detail::fiber_block& block, int k) : block_(block), N(block.members()), k_(k) {}
  index_t members() const { return N; }

  template <class F>
  void once(F f) {
    block_.begins(k_);
    if (k_ == 0) f();
  }

  template <class F>
  void each(index_t n, F f) {
    block_.begins(k_);
    for (index_t i = k_; i < n; i += N) {
      block_.visits(k_, i);
      f(i);
    }
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
    block_.begins(k_);
    for (index_t i = k_; i < n; i += N) {
      block_.visits(k_, i);
      merge(mine, f(i));
    }
    block_.put(k_, mine);
    block_.barrier(k_, "reduce");
    result total{{Op::identity...}};
    for (int j = 0; j < N; ++j) merge(total, block_.get<result>(k_, j));
    return total;
  }

  template <class R, class Load, class Store>
  void recur_backward(index_t n, R x, Load load, Store store) {
    using step_t = decltype(load(index_t(0)));
    block_.begins(k_);
    for (index_t tile = (n + N - 1) / N - 1; tile >= 0; --tile) {
      const index_t i = tile * N + k_;
      block_.visits(k_, n - 1 - i);
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
    block_.begins(k_);
    for (index_t tile = 0; tile * N < n; ++tile) {
      const index_t i = tile * N + k_;
      block_.visits(k_, i);
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
class emulated_backend : public host_backend {
 public:
  explicit emulated_backend(int members = 32, member_order order = member_order::ascending) : block_(members, order) {
    require(members >= 1, "emulated", "members", "must be at least 1");
  }

  template <class F>
  void each(index_t n, F f) const { serial_team{}.each(n, f); }

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

 private:
  mutable detail::fiber_block block_;
};

}}  // namespace guerdon
