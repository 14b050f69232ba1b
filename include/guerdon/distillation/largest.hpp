#pragma once
// The k largest logits of a row, without sorting it.
//
// The k-th largest of a thousand maxima, each of every 1024th logit, is at most the k-th largest logit, and few others
// reach it: two readings of a row leave a short list, in which the k-th largest is told bit by bit.

#include <guerdon/core/launch.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Numbers as unsigned integers of the same order; what can never be among the largest, NaN and -inf, as 0.
template <class R>
struct largest_key {
  using word = std::conditional_t<sizeof(R) == 4, std::uint32_t, std::uint64_t>;
  static constexpr int bits = 8 * sizeof(word);
  static constexpr word top = word(1) << (bits - 1);

  GUERDON_HD word operator()(R x) const {
    const word b = bits_as<word>(x + R(0));  // -0 is 0
    const word negative = word(0) - (b >> (bits - 1));
    const word key = b ^ (negative | top);
    return key & (word(0) - word(x > -std::numeric_limits<R>::infinity()));  // no branch: loops over it vectorise
  }
};

/// put(place, i) for those i of 0..n-1 where f(i), place by place from 0. Returns how many.
template <class Team, class F, class Put>
GUERDON_HD double list_where(Team& team, index_t n, F f, Put put) {
  if constexpr (requires { requires Team::members() == 1; }) {
    index_t place = 0, begin = 0;
    const auto put_up_to = [&](index_t end) {
      for (; begin < end; ++begin)
        if (f(begin)) put(place++, begin);
    };
    while (n - begin >= 64) {  // most blocks have none
      int some = 0;
      for (index_t i = 0; i < 64; ++i) some |= int(f(begin + i));
      if (some == 0) begin += 64;
      else put_up_to(begin + 64);
    }
    put_up_to(n);
    return double(place);
  } else {
    team.recur_forward(
        n, 0.0, [=](index_t i) { return affine<double>{f(i) ? 1.0 : 0.0, 1}; },
        [=](index_t i, double place, double) {
          if (f(i)) put(index_t(place) - 1, i);
        });
    return team.sum(n, [=](index_t i) { return f(i) ? 1 : 0; });
  }
}

/// The k-th largest of n keys, key(i), or the lowest bits of it 0 if `bits` are too few; 0 where there are not as many.
template <class word, class Team, class Key>
GUERDON_HD word kth_largest(Team& team, index_t n, double k, int bits, Key key) {
  word kth = 0;
  for (int bit = 8 * int(sizeof(word)) - 1, left = bits; left > 0; --bit, --left) {
    const word higher = kth | word(1) << bit;
    if (team.sum(n, [=](index_t i) { return int(key(i) >= higher); }) >= k) kth = higher;
  }
  return kth;
}

struct largest_programs {
  static constexpr index_t groups = 1024;

  /// What the two launches share. Wanted(row) is k.
  template <class T, class Wanted>
  struct call {
    segments rows;
    view<const T> logits;
    Wanted wanted;
    index_t most;          // k is at most that
    view<real_t<T>> best;  // [M,groups]
    view<index_t> list;    // [M,room] tokens of a short list
    view<index_t> listed;  // [M] how many; below 0: the list is too short, and the row itself is what to look at
    view<flag_t> chosen;   // [M,V]

    GUERDON_HD index_t room() const { return 2 * most + 64; }
  };

  template <class T, class Wanted>
  struct shorten {
    static constexpr bool long_segments = true, vocabulary_segments = true;
    call<T, Wanted> c;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      using R = real_t<T>;
      using key_of = largest_key<R>;
      const index_t begin = c.rows.begin(row), n = c.rows.size(row), k = c.wanted(row), room = c.room();
      const T* const x = c.logits.data() + begin;
      team.each(n, [to = c.chosen.data() + begin](index_t j) { to[j] = 0; });
      double found = -1;
      if (n >= 4 * groups && 4 * k <= groups) {
        R* const best = c.best.data() + row * groups;
        team.each(groups, [=](index_t g) { best[g] = -std::numeric_limits<R>::infinity(); });
        for (index_t first = 0; first < n; first += groups)
          team.each(n - first < groups ? n - first : groups,
                    [=, y = x + first](index_t g) { best[g] = highest_number::combine(best[g], R(y[g])); });
        const auto least = kth_largest<typename key_of::word>(team, groups, double(k), 16,
                                                              [=](index_t g) { return key_of()(best[g]); });
        if (k > 0 && least > 0) {
          const R lowest_best = R(team.template reduce<lowest_number>(groups, [=](index_t g) {
            return lanes{math::select(key_of()(best[g]) >= least, best[g], std::numeric_limits<R>::infinity())};
          })[0]);
          found = list_where(
              team, n, [=](index_t j) { return R(x[j]) >= lowest_best; },
              [=, list = c.list.data() + row * room](index_t place, index_t j) {
                if (place < room) list[place] = j;
              });
        }
      }
      team.once([&] { c.listed[row] = found <= double(room) ? index_t(found) : -1; });
    }
  };

  template <class T, class Wanted>
  struct settle {
    static constexpr bool long_segments = true, vocabulary_segments = true;
    call<T, Wanted> c;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      using R = real_t<T>;
      using word = typename largest_key<R>::word;
      const index_t begin = c.rows.begin(row), listed = c.listed[row], n = listed < 0 ? c.rows.size(row) : listed;
      const T* const x = c.logits.data() + begin;
      const index_t* const list = listed < 0 ? nullptr : c.list.data() + row * c.room();
      flag_t* const chosen = c.chosen.data() + begin;
      const auto token = [=](index_t i) { return list ? list[i] : i; };
      const auto key = [=](index_t i) { return largest_key<R>()(R(x[token(i)])); };
      const auto count = [&](word least) { return team.sum(n, [=](index_t i) { return int(key(i) >= least); }); };
      const double k = double(c.wanted(row)), candidates = k > 0 ? count(1) : 0;
      const double wanted = k < candidates ? k : candidates;
      if (wanted == 0) return;
      const word kth = kth_largest<word>(team, n, wanted, 8 * int(sizeof(word)), key);
      const double room = wanted - (kth == ~word(0) ? 0 : count(kth + 1));  // for the first of those that tie
      team.recur_forward(
          n, 0.0, [=](index_t i) { return affine<double>{key(i) == kth ? 1.0 : 0.0, 1}; },
          [=](index_t i, double ties, double) {
            const word mine = key(i);
            chosen[token(i)] = flag_t((mine > kth) | ((mine == kth) & (ties <= room)));
          });
    }
  };
};

/// Marks the wanted(row) largest logits of each row, ties to the lowest index, in chosen [M,V]; wanted(row) <= most.
template <class T, class Backend, class Wanted>
void choose_largest(const Backend& backend, const segments& rows, view<const T> logits, const Wanted& wanted,
                    index_t most, view<flag_t> chosen) {
  using programs = largest_programs;
  auto scratch = backend.scratch();
  programs::call<T, Wanted> c{rows, logits, wanted, most, {}, {}, {}, chosen};
  c.best = scratch.template take<real_t<T>>(rows.count() * programs::groups);
  c.list = scratch.template take<index_t>(rows.count() * c.room());
  c.listed = scratch.template take<index_t>(rows.count());
  backend.for_segments(rows, programs::shorten<T, Wanted>{c});
  backend.for_segments(rows, programs::settle<T, Wanted>{c});
}

}}  // namespace guerdon
