#pragma once
// How a flat array falls into segments (rows of tokens, groups of responses, trajectories of steps), and how a
// time-major array is walked.

#include <guerdon/core/view.hpp>

namespace guerdon {

/// One type for the three layouts, so that an operation is compiled once for all of them.
///   ragged   `segments(offsets)`: segment s is [offsets[s], offsets[s+1]); offsets[0] = 0 (CSR). Implicit.
///   uniform  `segments::uniform(count, length)`: segment s is [s*length, (s+1)*length).
///   padded   `segments::padded(stride, lengths)`: segment s is [s*stride, s*stride + lengths[s]). What lies behind it
///            is not looked at; results there are left as they were, or 0.
/// On a device the offsets and lengths are device memory; the total then comes from the arrays they cut.
class segments {
 public:
  GUERDON_INLINE segments() {}
  template <class R>
    requires(view_detail::contiguous_container<R> && !std::is_same_v<std::remove_cvref_t<R>, view<const index_t>>)
  [[gnu::always_inline]] segments(R&& offsets) : segments(view<const index_t>(offsets)) {}
  [[gnu::always_inline]] segments(view<const index_t> offsets)
      : offsets_(offsets.data()),
        count_(offsets.size() - 1),
        given_(static_cast<bool>(offsets)) {}

  [[gnu::always_inline]] static segments uniform(index_t count, index_t length) {
    segments s;
    s.count_ = count;
    s.stride_ = length;
    s.given_ = true;
    return s;
  }
  [[gnu::always_inline]] static segments padded(index_t stride, view<const index_t> lengths) {
    segments s = uniform(lengths.size(), stride);
    s.lengths_ = lengths.data();
    return s;
  }

  GUERDON_INLINE index_t count() const { return count_; }
  GUERDON_INLINE index_t begin(index_t s) const { return offsets_ ? offsets_[s] : s * stride_; }
  GUERDON_INLINE index_t size(index_t s) const {
    return offsets_ ? offsets_[s + 1] - offsets_[s] : lengths_ ? lengths_[s] : stride_;
  }
  /// Does element i belong to a segment? All do, unless segments are padded.
  GUERDON_INLINE bool holds(index_t i) const { return !lengths_ || i % stride_ < lengths_[i / stride_]; }
  /// Longest segment when it is known without looking at memory, else 0.
  GUERDON_INLINE index_t stride() const { return stride_; }
  GUERDON_INLINE bool ragged() const { return offsets_ != nullptr; }
  GUERDON_INLINE bool padded() const { return lengths_ != nullptr; }
  GUERDON_INLINE explicit operator bool() const { return given_; }

  [[gnu::always_inline]] view<const index_t> offsets() const { return {offsets_, offsets_ ? count_ + 1 : 0}; }
  [[gnu::always_inline]] view<const index_t> lengths() const { return {lengths_, lengths_ ? count_ : 0}; }

 private:
  const index_t* offsets_ = nullptr;
  const index_t* lengths_ = nullptr;
  index_t stride_ = 0;
  index_t count_ = 0;
  bool given_ = false;
};

/// One step of one column: `i` indexes [T,B] arrays, `v` and `v_next` index [T+1,B] arrays at t and t+1.
struct time_index {
  index_t t, b, i, v, v_next;
};

/// Layout of [T,B] arrays of time steps. Time-major is the field's (and our) default: element (t,b) at t*B + b.
struct time_layout {
  index_t steps = 0;    ///< T
  index_t columns = 0;  ///< B
  bool batch_major = false;

  GUERDON_INLINE index_t size() const { return steps * columns; }
  GUERDON_INLINE time_index at(index_t t, index_t b) const {
    if (batch_major) return along_row(t, b);
    return {t, b, t * columns + b, t * columns + b, (t + 1) * columns + b};
  }
  /// at(t, b) of a batch-major layout, for loops that vectorise over t.
  GUERDON_INLINE time_index along_row(index_t t, index_t b) const {
    return {t, b, b * steps + t, b * (steps + 1) + t, b * (steps + 1) + t + 1};
  }
};
[[gnu::always_inline]] inline time_layout time_major(index_t steps, index_t columns) { return {steps, columns, false}; }
[[gnu::always_inline]] inline time_layout batch_major(index_t columns, index_t steps) { return {steps, columns, true}; }

inline namespace GUERDON_ABI {

namespace detail {

/// Checks that segments cut an array of `total` elements exactly: offsets start at 0, never fall and end at
/// `total`; lengths lie in [0, stride]; uniform segments fill the array. Memory is looked at on host backends only.
template <class Backend>
[[gnu::noinline]] void require_segments(const Backend&, const segments& s, index_t total, std::string_view operation,
                      std::string_view argument) {
  require(static_cast<bool>(s), operation, argument, "is required and was not given");
  require(s.count() >= 0, operation, argument, "offsets must hold at least one number, the 0 they start with");
  if (s.ragged()) {
    if constexpr (Backend::on_host) {
      const auto offsets = s.offsets();
      require(offsets[0] == 0, operation, argument, "offsets must start at 0");
      for (index_t i = 0; i < s.count(); ++i)
        require(offsets[i] <= offsets[i + 1], operation, argument, "offsets must not decrease");
      require(offsets[s.count()] == total, operation, argument, "offsets must end at the size of the array they cut");
    }
    return;
  }
  require(s.stride() >= 0 && s.count() * s.stride() == total, operation, argument,
          "has a shape (count x length) that does not match the size of the array it cuts");
  if constexpr (Backend::on_host)
    for (const index_t length : s.lengths())
      require(length >= 0 && length <= s.stride(), operation, argument, "lengths must lie between 0 and the stride");
}

}  // namespace detail

}}  // namespace guerdon
