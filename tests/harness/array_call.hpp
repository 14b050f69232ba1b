#pragma once
// One call of an array operation, whatever its arrays are given as: which alternative an array is, what the dimensions
// are, how rows are cut, which shapes results have.

#include "bind.hpp"
#include "dimensions.hpp"

#include <algorithm>

namespace guerdon::harness {

/// One struct of five doubles is [5] in a file.
inline std::string file_shape(const op::shape& shape, index_t doubles) {
  if (doubles == 1) return shape.text;
  return (std::string_view(shape.text) == "1" ? "" : std::string(shape.text) + ",") + std::to_string(doubles);
}

/// `Arrays` are those of the call, by their names in case files:
///   find(name)             one of them, or nullptr: what has a `shape`
///   ragged(array)          of offsets or lengths: do they cut raggedly, into how many segments, of how many elements?
///   argument(array, i)     it as argument i
///   extent(array)          it as one number
///   cut(array, field, d)   it as segments; where it has no shape, the dimensions d say how many
///   result(i, shape)       memory for result i
template <class Arrays>
class array_call {
 public:
  array_call(const array_table& table, const target& where, const void* options, Arrays& arrays)
      : table_(table), where_(where), options_(options), arrays_(arrays), shape_(table.about.name) {
    run_ = table_.run[static_cast<int>(where_.backend)][static_cast<int>(where_.element)];
    if (run_ == nullptr)
      throw harness_error(std::string(table_.about.name) + " in " + name(where_.element) + " on " +
                          name(where_.backend) + " was not built in");
    if (const auto* rows = arrays_.find("row_offsets"))
      if (const auto ends = arrays_.ragged(*rows)) shape_.make_ragged(ends->first, ends->second);
    for (std::size_t i = 0; i < table_.arguments.size(); ++i) bind_dimensions(i);
    for (std::size_t i = 0; i < table_.arguments.size(); ++i) in_.push_back(argument(i));
  }

  /// Makes the results: for some operations it takes a look at the arguments to know their sizes.
  void make_results() {
    if (const sizer size = table_.size[static_cast<int>(where_.backend)][static_cast<int>(where_.element)])
      shape_.bind({size(where_, in_.data(), options_)}, std::string(1, table_.ragged_symbol), "");
    if (table_.decided)
      if (const index_t size = table_.decided(in_.data(), options_); size >= 0)
        shape_.bind({size}, std::string(1, table_.decided_symbol), "");
    for (std::size_t i = 0; i < table_.results.size(); ++i)
      out_.push_back(
          arrays_.result(i, shape_.resolve(file_shape(table_.shape_of(i, options_), table_.result_doubles[i]))));
  }
  void run() const { run_(where_, in_.data(), out_.data(), options_); }

  const std::vector<raw>& results() const { return out_; }

 private:
  using field = op::field_info;

  auto find(const field& f) const { return arrays_.find(f.file_name); }
  /// Alternatives have another rank, or one of them is a single number for all: [1].
  template <class Array>
  bool takes(const field& f, const Array* v) const {
    if (v == nullptr) return false;
    const auto single = [](const field& g) { return g.shape.is("1"); };
    bool has_alternative = false, single_is_better = false;
    for (const field& other : table_.arguments)
      if (std::string_view(other.file_name) == f.file_name && !other.shape.is(f.shape))
        has_alternative = true, single_is_better |= single(other) && v->shape == std::vector<index_t>{1};
    if (!has_alternative || !f.optional) return true;
    if (single(f)) return v->shape == std::vector<index_t>{1};
    return !single_is_better && shape_.fits(v->shape, f.shape.text);
  }

  void bind_dimensions(std::size_t i) {
    const field& f = table_.arguments[i];
    const auto* v = find(f);
    if (f.kind == field::array && takes(f, v))
      shape_.bind(v->shape, file_shape(f.shape, table_.argument_doubles[i]), f.name);
    if (f.kind == field::cuts && v && !v->shape.empty())
      shape_.bind({v->shape.back()}, std::string(f.count.text) + "+1", f.name);
  }

  /// Rows beside "B,T", such as those of rejected answers: the arrays' shape says them.
  static bool is_pair(const field& f) { return f.kind == field::cuts && f.shape.count == 2; }
  segments uniform_rows(const field& f) const {
    const std::string count(1, f.shape.at[0].symbol), length(1, f.shape.at[1].symbol);
    if (!shape_.knows(count) || !shape_.knows(length)) return {};
    return segments::uniform(shape_[count], shape_[length]);
  }
  raw argument(std::size_t i) {
    const field& f = table_.arguments[i];
    const auto* v = find(f);
    raw r;
    switch (f.kind) {
      case field::array:
        if (!takes(f, v)) {
          const bool another_takes =
              std::any_of(table_.arguments.begin(), table_.arguments.end(), [&](const field& other) {
                return std::string_view(other.file_name) == f.file_name && takes(other, v);
              });
          if (v != nullptr && !another_takes)
            refuse(table_.about.name, f.name, "has the wrong shape " + shape_text(v->shape));
          if (!f.optional) refuse(table_.about.name, f.name, "is required and was not given");
          return r;
        }
        return arrays_.argument(*v, i);
      case field::cuts:
        if (v != nullptr) {
          r.cut = arrays_.cut(*v, f, shape_);
          if (v->shape.empty()) shape_.bind({r.cut.count()}, f.count.text, f.name);
        } else if (is_pair(f)) r.cut = uniform_rows(f);
        else if (!f.optional)
          refuse(table_.about.name, f.name, "offsets are required and were not given");
        return r;
      case field::rows:
        if (v != nullptr) r.cut = arrays_.cut(*v, f, shape_);
        else if (shape_.knows("B") && shape_.knows("T")) r.cut = segments::uniform(shape_["B"], shape_["T"]);
        else if (shape_.any().size() == 2) r.cut = segments::uniform(shape_.any()[0], shape_.any()[1]);
        if (r.cut && !shape_.knows("B")) shape_.bind({r.cut.count()}, "B", f.name);
        return r;
      case field::time:
        if (shape_.knows("B") && shape_.knows("T")) r.layout = time_major(shape_["T"], shape_["B"]);
        return r;
      case field::extent:
        if (v != nullptr) r.size = arrays_.extent(*v);
        else r.size = shape_.knows(f.shape.text) ? shape_[f.shape.text] : 0;
        return r;
      case field::list: break;  // of host operations
    }
    return r;
  }

  const array_table& table_;
  const target& where_;
  const void* options_;
  Arrays& arrays_;
  dimensions shape_;
  runner run_;
  std::vector<raw> in_, out_;
};

}  // namespace guerdon::harness
