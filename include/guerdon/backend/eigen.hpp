#pragma once
// The CPU backend: loops that vectorise, sums taken block by block with Eigen, optional threads.
// A functor is evaluated into a block that stays in the first-level cache, and the block is summed by Eigen in a
// fixed order: no compiler flag beyond -O3, and the same bits for any number of threads.

#ifdef __CUDACC__
#error "Eigen is not vectorised inside a .cu file and changes its alignment there: include <guerdon/backend/eigen.hpp> from a .cpp file only."
#endif

#include <guerdon/backend/host.hpp>
#include <guerdon/core/thread_crew.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// One member, vectorised loops. `flatten` inlines a functor with all it calls: one call left over in the loop and
/// nothing vectorises.
struct vector_team {
  static constexpr index_t block = 512;
  static constexpr index_t members() { return 1; }

  template <class F>
  void once(F f) { f(); }

  template <class F>
  void each(index_t n, F f) { each_of(0, n, f); }
  /// f itself is called in the loop: clang's flatten reaches one level deep.
  template <class F>
  [[gnu::flatten]] static void each_of(index_t first, index_t last, F f) {
    GUERDON_IVDEP
    for (index_t i = first; i < last; ++i) f(i);
  }

  template <class F>
  double sum(index_t n, F f) {
    if constexpr (std::is_integral_v<decltype(f(n))>) {  // a count: vectorises as it stands, in any order
      index_t total = 0;
      for (index_t begin = 0; begin < n; begin += block) {
        const index_t end = std::min(begin + block, n);
        std::common_type_t<int, decltype(f(n))> partial = 0;
        for (index_t i = begin; i < end; ++i) partial += f(i);
        total += partial;
      }
      return static_cast<double>(total);
    } else {
      return reduce<add>(n, [&](index_t i) { return lanes{f(i)}; })[0];
    }
  }

  template <class... Op, class F>
  lanes<double, sizeof...(Op)> reduce(index_t n, F f) {
    return reduce_blocks<Op...>(n, f, std::index_sequence_for<Op...>{});
  }

  /// Eight affine steps at a time: composed with their neighbours inside a vector register in three doublings, then
  /// applied to the value that arrives from the eight steps after them.
  template <class R, class Load, class Store>
  [[gnu::flatten]] void recur_backward(index_t n, R x, Load load, Store store) {
    constexpr index_t scan_block = 4096 / sizeof(R);  // four such arrays in the first-level cache
    alignas(64) R a[scan_block], m[scan_block], here[scan_block], next[scan_block];
    for (index_t end = n; end > 0;) {
      const index_t length = std::min(scan_block, end), begin = end - length;
      for (index_t i = 0; i < length; ++i) {
        const auto step = load(begin + i);
        a[i] = step.a;
        m[i] = step.m;
      }
      const index_t whole = (length + 7) / 8 * 8;
      for (index_t i = length; i < whole; ++i) a[i] = R(0), m[i] = R(1);
      using step_t = decltype(load(index_t(0)));
      for (index_t i = whole - 8; i >= 0; i -= 8) x = scan_eight<step_t>(a + i, m + i, x, here + i, next + i);
      GUERDON_IVDEP
      for (index_t i = 0; i < length; ++i) store(begin + i, here[i], next[i]);
      end = begin;
    }
  }
  template <class R, class Load, class Store>
  void recur_forward(index_t n, R x, Load load, Store store) {
    recur_backward(
        n, x, [&](index_t i) { return load(n - 1 - i); },
        [&](index_t i, R here, R previous) { store(n - 1 - i, here, previous); });
  }

 private:
  /// here[k] = a[k] + m[k] next[k], next[k] = here[k + 1], next[7] = x; returns here[0].
  template <class Step, class R>
  static R scan_eight(const R* a, const R* m, R x, R* here, R* next) {
    typedef R eight __attribute__((vector_size(8 * sizeof(R))));
    const eight zero = {}, one = zero + R(1), tiny = zero + std::numeric_limits<R>::denorm_min();
    eight A, M;
    std::memcpy(&A, a, sizeof(eight));
    std::memcpy(&M, m, sizeof(eight));
    eight through;
    const auto pass = [&](const eight& inner) {
      if constexpr (Step::rule == at_zero::select) through = M == 0 ? zero : M * inner;
      else through = M * inner;
    };
    // As compose().
    const auto widen = [&](const eight& inner_a, const eight& inner_m) {
      pass(inner_a);
      A = A + through;
      pass(inner_m);
      M = ((through == 0) & (M != 0) & (inner_m != 0)) ? tiny : through;
    };
    widen(__builtin_shufflevector(A, zero, 1, 2, 3, 4, 5, 6, 7, 8),
          __builtin_shufflevector(M, one, 1, 2, 3, 4, 5, 6, 7, 8));
    widen(__builtin_shufflevector(A, zero, 2, 3, 4, 5, 6, 7, 8, 9),
          __builtin_shufflevector(M, one, 2, 3, 4, 5, 6, 7, 8, 9));
    widen(__builtin_shufflevector(A, zero, 4, 5, 6, 7, 8, 9, 10, 11),
          __builtin_shufflevector(M, one, 4, 5, 6, 7, 8, 9, 10, 11));
    const eight arriving = zero + x;
    pass(arriving);
    const eight result = A + through;
    const eight after = __builtin_shufflevector(result, arriving, 1, 2, 3, 4, 5, 6, 7, 8);
    std::memcpy(here, &result, sizeof(eight));
    std::memcpy(next, &after, sizeof(eight));
    return result[0];
  }

  // clang gives up on a loop of this many arrays, unless asked, and where it cannot it warns: here, not in the caller.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"
#endif
  template <class... Op, class F, std::size_t... k>
  [[gnu::flatten, gnu::noinline]] static lanes<double, sizeof...(Op)> reduce_blocks(index_t n, F f,
                                                                                    std::index_sequence<k...>) {
    using R = std::remove_cvref_t<decltype(f(index_t(0))[0])>;
    alignas(64) R buffer[sizeof...(Op)][block];
    lanes<double, sizeof...(Op)> total{{Op::identity...}};
    for (index_t begin = 0; begin < n; begin += block) {
      const index_t length = std::min(block, n - begin);
#ifdef __clang__
#pragma clang loop vectorize(enable)
#else
      GUERDON_IVDEP
#endif
      for (index_t i = 0; i < length; ++i) {
        const auto x = f(begin + i);
        ((buffer[k][i] = x[static_cast<int>(k)]), ...);
      }
      ((total[k] = Op::combine(total[k], fold<Op>(buffer[k], length))), ...);
    }
    return total;
  }
#ifdef __clang__
#pragma clang diagnostic pop
#endif

  /// The reduction of one block, in an order that depends on nothing but its length: 16 or 32 side by side, then those.
  /// What lacks to whole rows of these is filled up. Sums are wide: what cancels inside a block costs no digits.
  /// (Eigen's own redux is not used: g++ 12 warns inside its AVX-512 headers wherever it is inlined.)
  template <class Op, class R>
  [[gnu::noinline]] static double fold(R* data, index_t n) {
    using W = std::conditional_t<std::is_same_v<Op, add>, double, R>;
    constexpr int width = std::is_same_v<W, R> ? 32 : 16;
    static_assert(block % width == 0);
    for (; n % width != 0; ++n) data[n] = R(Op::identity);
    alignas(64) W side[width];
    Eigen::Map<Eigen::Array<W, width, 1>, Eigen::Aligned64> sums(side);
    sums.setConstant(W(Op::identity));
    for (index_t i = 0; i < n; i += width) {
      if constexpr (std::is_base_of_v<add, Op>)
        sums += Eigen::Map<const Eigen::Array<R, width, 1>, Eigen::Aligned64>(data + i).template cast<W>();
      else
        for (int k = 0; k < width; ++k) side[k] = Op::combine(side[k], W(data[i + k]));
    }
    for (int half = width / 2; half > 0; half /= 2)
      for (int k = 0; k < half; ++k) side[k] = Op::combine(side[k], side[k + half]);
    return static_cast<double>(side[0]);
  }
};

// A loop over a vocabulary is bound by its exponentials and takes the widest registers; left alone, compilers take half
// of them on the processors that slowed down once.
#if defined(__AVX512F__) && defined(__clang__)
#define GUERDON_WIDEST [[clang::min_vector_width(512)]]
#define GUERDON_WIDEST_LOOP _Pragma("clang loop vectorize_width(16)")
#elif defined(__AVX512F__)
#define GUERDON_WIDEST [[gnu::target("prefer-vector-width=512")]]
#define GUERDON_WIDEST_LOOP GUERDON_IVDEP
#elif defined(__clang__)
#define GUERDON_WIDEST
#define GUERDON_WIDEST_LOOP _Pragma("clang loop vectorize(enable)")
#else
#define GUERDON_WIDEST
#define GUERDON_WIDEST_LOOP GUERDON_IVDEP
#endif

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"
#endif
/// For rows of a vocabulary's logits: many partial results side by side, in place of a block that is evaluated, then
/// reduced.
struct row_team : vector_team {
  template <class F>
  [[gnu::flatten]] GUERDON_WIDEST void each(index_t n, F f) {
    GUERDON_IVDEP
    for (index_t i = 0; i < n; ++i) f(i);
  }

  template <class F>
  double sum(index_t n, F f) {
    if constexpr (std::is_integral_v<decltype(f(n))>) return vector_team::sum(n, f);
    else return reduce<add>(n, [&](index_t i) { return lanes{f(i)}; })[0];
  }

  template <class... Op, class F>
  lanes<double, sizeof...(Op)> reduce(index_t n, F f) {
    return reduce_expecting<Op...>(n, f, [](index_t) {});
  }
  /// reduce(n, f), which calls soon(i) for one i in each cache line, early enough for what is far away: in a loop this
  /// long of arithmetic a processor does not look ahead by itself.
  template <class... Op, class F, class Soon>
  lanes<double, sizeof...(Op)> reduce_expecting(index_t n, F f, Soon soon) {
    return reduce_abreast<Op...>(n, f, soon, std::index_sequence_for<Op...>{});
  }

  static constexpr index_t piece = 4096;  ///< elements of several rows that the first-level caches hold

 private:
  static constexpr int abreast = 128;    // partial results of each reduction
  static constexpr index_t narrow = 16;  // terms of a narrow sum before it goes wide
  static constexpr index_t early = 1024;

  /// The partial results of one reduction. What is done once a piece is no part of the loop's code.
  template <class Op, class R>
  struct side {
    static constexpr bool goes_wide = std::is_same_v<Op, add_narrow>;
    using W = std::conditional_t<std::is_same_v<Op, add>, double, R>;
    alignas(64) W now[abreast];
    alignas(64) double wide[goes_wide ? abreast : 1];

    [[gnu::noinline]] side() {
      for (W& x : now) x = W(Op::identity);
      for (double& x : wide) x = 0;
    }
    void widen() {
      if constexpr (goes_wide) widen(now, wide);
    }
    double total() {
      widen();
      if constexpr (goes_wide) return folded(wide);
      else return static_cast<double>(folded(now));
    }
    [[gnu::noinline]] static void widen(R* now, double* wide) {
      for (int q = 0; q < abreast; ++q) wide[q] += static_cast<double>(now[q]), now[q] = 0;
    }
    template <class X>
    [[gnu::noinline]] static X folded(X* x) {
      for (int half = abreast / 2; half > 0; half /= 2)
        for (int q = 0; q < half; ++q) x[q] = Op::combine(x[q], x[q + half]);
      return x[0];
    }
  };

  template <class... Op, class F, class Soon, std::size_t... k>
  [[gnu::flatten, gnu::noinline]] GUERDON_WIDEST static lanes<double, sizeof...(Op)> reduce_abreast(
      index_t n, F f, Soon soon, std::index_sequence<k...>) {
    using R = std::remove_cvref_t<decltype(f(index_t(0))[0])>;
    std::tuple<side<Op, R>...> sides;
    for (index_t begin = 0; begin < n;) {
      const index_t end = std::min(n, begin + narrow * abreast);
      for (; begin < end; begin += abreast) {
        const index_t length = std::min<index_t>(abreast, end - begin);
        for (index_t q = 0; q < abreast; q += 16) soon(begin + early + q);
        GUERDON_WIDEST_LOOP
        for (index_t q = 0; q < length; ++q) {
          const auto x = f(begin + q);
          (take<Op>(std::get<k>(sides).now[q], x[static_cast<int>(k)]), ...);
        }
      }
      begin = end;
      (std::get<k>(sides).widen(), ...);
    }
    return {{std::get<k>(sides).total()...}};
  }
  template <class Op, class W, class R>
  static void take(W& side, R x) { side = Op::combine(side, static_cast<W>(x)); }
};
#ifdef __clang__
#pragma clang diagnostic pop
#endif
#undef GUERDON_WIDEST
#undef GUERDON_WIDEST_LOOP

/// For the few elements of a short segment: four sums side by side, so that none waits for the one before it. Its order,
/// too, depends on nothing but the length. All of it is inlined: results that went through memory would be stored one by
/// one and read back as a vector, for which a processor waits longer than the sums of eight elements take.
struct short_team : serial_team {
  template <class F>
  void each(index_t n, F f) {
    GUERDON_IVDEP
    for (index_t i = 0; i < n; ++i) f(i);
  }

  template <class F>
  double sum(index_t n, F f) {
    return reduce<add>(n, [&](index_t i) { return lanes{static_cast<double>(f(i))}; })[0];
  }

  template <class... Op, class F>
  [[gnu::always_inline]] lanes<double, sizeof...(Op)> reduce(index_t n, F f) {
    return reduce_fours<Op...>(n, f, std::index_sequence_for<Op...>{});
  }

 private:
  template <class... Op, class F, std::size_t... k>
  [[gnu::always_inline]] static lanes<double, sizeof...(Op)> reduce_fours(index_t n, const F& f,
                                                                          std::index_sequence<k...>) {
    typedef double four __attribute__((vector_size(32)));
    lanes<double, sizeof...(Op)> total{{Op::identity...}};
    index_t i = 0;
    if (n >= 8) {  // fewer are over before four sums pay off
      const auto pack = [&](index_t at) {
        const auto a = f(at), b = f(at + 1), c = f(at + 2), d = f(at + 3);
        return lanes<four, sizeof...(Op)>{{four{double(a[k]), double(b[k]), double(c[k]), double(d[k])}...}};
      };
      lanes<four, sizeof...(Op)> side{{(four{} + Op::identity)...}};
      const auto first = pack(0), second = pack(4);  // outside the loop: eight, which are the most frequent, need none
      (take<Op>(side[k], first[k]), ...);
      (take<Op>(side[k], second[k]), ...);
      for (i = 8; i + 4 <= n; i += 4) {
        const auto next = pack(i);
        (take<Op>(side[k], next[k]), ...);
      }
      ((total[k] = Op::combine(Op::combine(side[k][0], side[k][2]), Op::combine(side[k][1], side[k][3]))), ...);
    }
    for (; i < n; ++i) {
      const auto x = f(i);
      ((total[k] = Op::combine(total[k], static_cast<double>(x[k]))), ...);
    }
    return total;
  }
  template <class Op, class Four>
  [[gnu::always_inline]] static void take(Four& side, const Four& x) {
    if constexpr (std::is_base_of_v<add, Op>) side += x;
    else if constexpr (std::is_same_v<Op, lowest_number>) side = x < side ? x : side;
    else if constexpr (std::is_same_v<Op, highest_number>) side = side < x ? x : side;
    else if constexpr (std::is_same_v<Op, lowest>) side = ((x < side) | (x != x)) ? x : side;  // a NaN passes
    else if constexpr (std::is_same_v<Op, highest>) side = ((side < x) | (x != x)) ? x : side;
    else static_assert(std::is_base_of_v<add, Op>, "which operation is this?");
  }
};

/// `eigen_backend cpu;` one thread. `eigen_backend cpu{4};` four threads, the same bits.
class eigen_backend : public host_backend {
 public:
  explicit eigen_backend(int threads = 1) : crew_(std::max(threads, 1)) {
    require(threads >= 1, "eigen", "threads", "must be at least 1");
  }

  int threads() const { return crew_.size(); }
  /// Functors may hold the compiler's vectors, of this size: no GPU ever sees them.
  static constexpr int vector_register_bytes = std::max(EIGEN_MAX_STATIC_ALIGN_BYTES, 16);

  /// Block by block, all by one function: whatever a compiler makes of it, no bit depends on where threads are cut.
  template <class F>
  void each(index_t n, F f) const {
    split((n + block - 1) / block, n, [&](index_t first, index_t last) {
      for (index_t k = first; k < last; ++k) each_block(k * block, std::min((k + 1) * block, n), f);
    });
  }

  template <class Program>
  void for_segments(const segments& s, const Program& program) const {
    const auto run = [&](index_t first, index_t last) {
      const Program here = program;  // which no store can be taken to change
      for (index_t i = first; i < last; ++i) {
        // A short segment is over before a block pays off. Programs of short segments, and of long ones, are compiled
        // for these alone.
        if constexpr (requires { Program::short_segments; }) {
          short_team team;
          here(team, i);
        } else if constexpr (requires { Program::vocabulary_segments; }) {
          row_team team;
          here(team, i);
        } else if constexpr (requires { Program::long_segments; }) {
          vector_team team;
          here(team, i);
        } else if (s.size(i) <= short_segment) {
          serial_team team;
          here(team, i);
        } else {
          vector_team team;
          here(team, i);
        }
      }
    };
    split_segments(s, launch(run));
  }

  template <class End, class Load, class Store>
  void recur_time_backward(const time_layout& layout, End x_end, Load load, Store store) const {
    if (!layout.batch_major)
      return recur_columns(layout, x_end, [=](const time_index& at, auto next) {
        const auto x = load(at)(next);
        store(at, x, next);
        return x;
      });
    split(layout.columns, layout.size(), [=](index_t first, index_t last) {
      for (index_t b = first; b < last; ++b)
        vector_team{}.recur_backward(
            layout.steps, x_end(b), [=](index_t t) { return load(layout.along_row(t, b)); },
            [=](index_t t, auto x, auto next) { store(layout.along_row(t, b), x, next); });
    });
  }
  template <class End, class Read, class Map, class Write>
  void recur_time_steps(const time_layout& layout, End x_end, Read read, Map map, Write write) const {
    if (layout.batch_major)
      return recur_time_backward(layout, x_end, mapped_step<Read, Map>{read, map}, read_step<Read, Write>{read, write});
    recur_columns(layout, x_end, [=](const time_index& at, auto next) {
      const auto step = read(at);
      const auto x = map(step)(next);
      write(at, step, x, next);
      return x;
    });
  }

  template <class Key>
  void sort_segments(const segments& s, view<const Key> keys, view<Key> sorted) const {
    split(s.count(), keys.size(),
          [&](index_t first, index_t last) { host_backend::sort_segments(s, keys, sorted, first, last); });
  }

 private:
  static constexpr index_t block = 2048;
  static constexpr index_t short_segment = 32;
  static constexpr index_t worth_threads = 16384;  // elements; below, waking a thread costs more than it saves
  static constexpr index_t strip_bytes = 128;

  bool one_thread(index_t elements) const { return threads() == 1 || elements < worth_threads; }

  template <class F>
  [[gnu::noinline]] static void each_block(index_t first, index_t last, F f) { vector_team::each_of(first, last, f); }

  /// x = f(at, x) per column of a time-major array, from the last step to the first: columns side by side in the vector
  /// lanes, their running values in the first-level cache.
  template <class End, class F>
  void recur_columns(const time_layout& layout, End x_end, F f) const {
    using R = decltype(x_end(index_t(0)));
    constexpr index_t most = 16384 / sizeof(R), strip = strip_bytes / sizeof(R);
    const index_t columns = layout.columns;
    const index_t parts = std::max((columns + most - 1) / most, one_thread(layout.size()) ? 1 : index_t(threads()));
    const index_t tile = (columns + parts * strip - 1) / (parts * strip) * strip;
    split(parts, layout.size(), [=](index_t first_part, index_t last_part) {
      alignas(64) R carry[most];
      for (index_t part = first_part; part < last_part; ++part) {
        const index_t first = part * tile, width = std::min(tile, columns - first);
        for (index_t j = 0; j < width; ++j) carry[j] = x_end(first + j);
        recur_strips(layout, first, width, carry, f);
      }
    });
  }
  /// Strips of two cache lines from the last to the first: all memory is walked downwards, as the prefetchers follow;
  /// strips that walk upwards for longer than that cost up to seven times as much. Their length is a constant and f is
  /// a copy, which no store can be taken to change: what columns have in common is worked out once a row.
#ifdef __clang__  // which gives up on a loop of many arrays, unless asked
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"
#endif
  template <class R, class F>
  [[gnu::flatten, gnu::noinline]] static void recur_strips(time_layout layout, index_t first, index_t width, R* carry,
                                                           F f) {
    constexpr index_t strip = strip_bytes / sizeof(R);
    const index_t whole = width - width % strip;
    for (index_t t = layout.steps - 1; t >= 0; --t) {
      const index_t row = t * layout.columns + first, below = row + layout.columns;
      const auto step = [&](index_t j) {
        carry[j] = f(time_index{t, first + j, row + j, row + j, below + j}, carry[j]);
      };
      GUERDON_IVDEP
      for (index_t j = whole; j < width; ++j) step(j);
      for (index_t begin = whole - strip; begin >= 0; begin -= strip) {
#ifdef __clang__
#pragma clang loop vectorize(enable)
#else
        GUERDON_IVDEP
#endif
        for (index_t k = 0; k < strip; ++k) step(begin + k);
      }
    }
  }
#ifdef __clang__
#pragma clang diagnostic pop
#endif

  /// What a launch runs over a range, without its type: its code stands once, and what cuts and threads is shared.
  struct launch {
    const void* argument;
    void (*range)(const void* argument, index_t first, index_t last);

    template <class F>
    explicit launch(const F& f)
        : argument(&f), range([](const void* g, index_t first, index_t last) {
            (*static_cast<const F*>(g))(first, last);
          }) {}
    void operator()(index_t first, index_t last) const { range(argument, first, last); }
  };

  /// f(first, last) over 0..n-1, in one range per thread.
  template <class F>
  void split(index_t n, index_t elements, const F& f) const { split(n, elements, launch(f)); }
  [[gnu::cold, gnu::noinline]] void split(index_t n, index_t elements, const launch& f) const {
    if (one_thread(elements)) return f(0, n);
    crew_.run([&](int k) { f(n * k / threads(), n * (k + 1) / threads()); });
  }
  [[gnu::cold, gnu::noinline]] void split_segments(const segments& s, const launch& f) const {
    if (!s.ragged()) return split(s.count(), s.count() * s.stride(), f);
    const index_t total = s.count() > 0 ? s.begin(s.count() - 1) + s.size(s.count() - 1) : 0;
    if (one_thread(total)) return f(0, s.count());
    const auto offsets = s.offsets();
    crew_.run([&](int k) {  // equal numbers of elements, whole segments
      const auto cut = [&](int part) -> index_t {
        if (part == threads()) return s.count();
        return std::lower_bound(offsets.begin(), offsets.begin() + s.count(), total * part / threads()) -
               offsets.begin();
      };
      f(cut(k), cut(k + 1));
    });
  }

  mutable thread_crew crew_;
};

}}  // namespace guerdon
