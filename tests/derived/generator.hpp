#pragma once
// Random calls of an operation, drawn from nothing but its description: sizes by a shape mode, contents by a
// content mode, options from their ranges.

#include "operation.hpp"

#include <optional>
#include <string>
#include <vector>

namespace guerdon::harness {

/// Where decisions come from: a seed, or the bytes of a fuzzer (zeros when they are used up). The same on
/// every machine, which std::uniform_real_distribution is not.
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}
  dice(const std::uint8_t* data, std::size_t size) : data_(data), end_(data + size), from_bytes_(true) {}

  index_t whole(index_t low, index_t high);  ///< low <= x <= high
  double real(double low, double high);
  double normal();
  bool chance(double p) { return real(0, 1) < p; }
  template <class Container>
  const auto& pick(const Container& c) {
    return c[static_cast<std::size_t>(whole(0, static_cast<index_t>(c.size()) - 1))];
  }

 private:
  std::uint64_t bits(int bytes);

  std::uint64_t state_ = 0;
  const std::uint8_t *data_ = nullptr, *end_ = nullptr;
  bool from_bytes_ = false;
};

/// What the segments, rows and other dimensions look like.
enum class shape_mode {
  empty_batch,
  empty_segments,
  length_one,
  ragged,       // U[0,9]
  long_rows,    // U[1,64]
  one_long,     // one segment of thousands
  block_edges,  // around the block sizes of the backends
  large         // tens of thousands of elements, so that threads start; not among shape_modes
};
inline constexpr shape_mode shape_modes[] = {
    shape_mode::empty_batch, shape_mode::empty_segments, shape_mode::length_one, shape_mode::ragged,
    shape_mode::long_rows,   shape_mode::one_long,       shape_mode::block_edges};

/// What the arrays hold.
enum class content_mode {
  plain,
  masked_garbage,  // NaN, infinities and huge numbers under the mask
  constant,        // inside each segment
  offset,          // a huge common offset, a tiny spread
  special          // NaN and infinities anywhere the domain allows
};
inline constexpr content_mode content_modes[] = {content_mode::plain, content_mode::masked_garbage,
                                                 content_mode::constant, content_mode::offset,
                                                 content_mode::special};

const char* name(shape_mode m);
const char* name(content_mode m);

struct call {
  arguments inputs;
  settings parameters;
};

/// Arrays and options of the operation.
call draw(const operation& op, dice& d, shape_mode shape, content_mode content);

/// The call as an element type can store it: real inputs rounded to it, numeric options to the type of
/// arithmetic.
call rounded(const operation& op, call c, element_id element);
double rounded(double x, element_id element);
/// Unit roundoff of the element type, times 2.
double epsilon_of(element_id element);

/// Does the operation have a mask that governs real inputs, ones of its shape?
bool has_governing_mask(const operation& op);
/// The mask that says which elements of this input or output count, if there is one of the same shape.
const value* mask_for(const operation& op, const call& c, std::string_view name, const value& v);

/// "gamma=0.9 mode=reward", for messages.
std::string settings_text(const settings& s);

}  // namespace guerdon::harness
