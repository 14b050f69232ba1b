#include "bind.hpp"

#include "dimensions.hpp"

#include <algorithm>
#include <cstring>

namespace guerdon::harness {
namespace {

/// What results hold before the call, so that an element never written, or written by a call that refuses, shows.
constexpr index_t integer_poison = -8765432109;
constexpr flag_t flag_poison = 0x5a;
constexpr float real_poison = -8.765e4f;

/// An array of one of the element types, as bytes.
struct typed_array {
  harness::kind kind;
  element_id element;
  std::vector<std::byte> bytes;
  std::size_t size = 0;

  std::size_t width() const {
    if (kind == kind::flag) return 1;
    if (kind == kind::integer || kind == kind::wide || kind == kind::segments) return 8;
    return element == element_id::float64 ? 8 : element == element_id::float32 ? 4 : 2;
  }
  void resize(std::size_t n) {
    size = n;
    bytes.resize(n * width() + 16);  // an empty array that was given has an address
  }
  template <class E>
  E* as() { return reinterpret_cast<E*>(bytes.data()); }

  void store(std::size_t i, double x) {
    if (kind == kind::flag) as<flag_t>()[i] = x != 0;
    else if (kind == kind::wide) as<double>()[i] = x;
    else if (element == element_id::float64) as<double>()[i] = x;
    else if (element == element_id::float32) as<float>()[i] = static_cast<float>(x);
    else if (element == element_id::float16) as<float16>()[i] = static_cast<float16>(x);
    else as<bfloat16>()[i] = static_cast<bfloat16>(x);
  }
  double load(std::size_t i) {
    if (kind == kind::flag) return as<flag_t>()[i];
    if (kind == kind::integer || kind == kind::segments) return static_cast<double>(as<index_t>()[i]);
    if (kind == kind::wide || element == element_id::float64) return as<double>()[i];
    if (element == element_id::float32) return as<float>()[i];
    return element == element_id::float16 ? float(as<float16>()[i]) : float(as<bfloat16>()[i]);
  }
  void poison() {
    for (std::size_t i = 0; i < size; ++i) {
      if (kind == kind::flag) as<flag_t>()[i] = flag_poison;
      else if (kind == kind::integer) as<index_t>()[i] = integer_poison;
      else store(i, real_poison);
    }
  }
};

/// One struct of five doubles is [5] in a file.
std::string file_shape(const op::shape& shape, index_t doubles) {
  if (doubles == 1) return shape.text;
  return (std::string_view(shape.text) == "1" ? "" : std::string(shape.text) + ",") + std::to_string(doubles);
}

/// One call: values in, values out.
class one_call {
 public:
  one_call(const array_table& table, const target& where, const arguments& given, const settings& chosen)
      : table_(table), where_(where), given_(given), shape_(table.about.name),
        memory_(table.where[static_cast<int>(where.backend)]) {
    read_options(chosen);
  }

  arguments run() {
    const runner call = table_.run[static_cast<int>(where_.backend)][static_cast<int>(where_.element)];
    if (call == nullptr)
      throw harness_error(std::string(table_.about.name) + " in " + name(where_.element) + " on " +
                          name(where_.backend) + " was not built in");
    if (const auto rows = given_.find("row_offsets"); rows != given_.end() && !is_padded(rows->second))
      shape_.make_ragged(integers(rows->second, "row_offsets"));
    for (std::size_t i = 0; i < table_.arguments.size(); ++i) bind_dimensions(i);
    std::vector<raw> in;
    for (std::size_t i = 0; i < table_.arguments.size(); ++i) in.push_back(argument(i));
    if (const sizer size = table_.size[static_cast<int>(where_.backend)][static_cast<int>(where_.element)])
      shape_.bind({size(where_, in.data(), options_.get())}, std::string(1, table_.ragged_symbol), "");
    if (table_.decided)
      if (const index_t size = table_.decided(in.data(), options_.get()); size >= 0)
        shape_.bind({size}, std::string(1, table_.decided_symbol), "");
    std::vector<raw> out;
    for (std::size_t i = 0; i < table_.results.size(); ++i) out.push_back(result(i));

    try {
      if (before_call) before_call();
      call(where_, in.data(), out.data(), options_.get());
      if (after_call) after_call();
    } catch (const std::invalid_argument&) {
      for (std::size_t i = 0; i < results_.size(); ++i) must_be_untouched(i, out[i]);
      throw;
    }
    arguments values;
    for (std::size_t i = 0; i < results_.size(); ++i) {
      fetch(i, out[i]);
      value v{result_shapes_[i], {}, {}, false};
      for (std::size_t k = 0; k < results_[i].size; ++k) {
        if (results_[i].kind == kind::integer) v.push_integer(results_[i].as<index_t>()[k]);
        else v.data.push_back(results_[i].load(k));
      }
      values[table_.results[i].file_name] = std::move(v);
    }
    return values;
  }

 private:
  using field = op::field_info;

  // --- options -------------------------------------------------------------------------------------
  void read_options(const settings& chosen) {
    options_ = table_.make_options();
    choose(options_.get(), table_.parameters, chosen, table_.about.name);
    for (const auto& [key, unused] : given_) {
      const bool known = std::any_of(table_.arguments.begin(), table_.arguments.end(),
                                     [&, &n = key](const field& f) { return f.file_name == n; });
      if (!known && key != "row_offsets") throw harness_error("input " + key + " is in no list");
    }
  }

  // --- arguments -----------------------------------------------------------------------------------
  const value* find(const field& f) const {
    const auto at = given_.find(f.file_name);
    return at == given_.end() ? nullptr : &at->second;
  }
  /// Alternatives have another rank, or one of them is a single number for all: [1].
  bool takes(const field& f, const value* v) const {
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
    const value* v = find(f);
    if (f.kind == field::array && takes(f, v)) shape_.bind(v->shape, file_shape(f.shape, table_.argument_doubles[i]), f.name);
    if (f.kind == field::cuts && v) shape_.bind({v->shape.back()}, std::string(f.count.text) + "+1", f.name);
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
    const value* v = find(f);
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
        return upload(from_value(*v, table_.argument_kinds[i], f.name));
      case field::cuts:
        if (v != nullptr) r.cut = segments_of(*v, f.name);
        else if (is_pair(f)) r.cut = uniform_rows(f);
        else if (!f.optional) refuse(table_.about.name, f.name, "offsets are required and were not given");
        return r;
      case field::rows:
        if (v != nullptr) r.cut = segments_of(*v, f.name);
        else if (shape_.knows("B") && shape_.knows("T")) r.cut = segments::uniform(shape_["B"], shape_["T"]);
        else if (shape_.any().size() == 2) r.cut = segments::uniform(shape_.any()[0], shape_.any()[1]);
        if (r.cut && !shape_.knows("B")) shape_.bind({r.cut.count()}, "B", f.name);
        return r;
      case field::time:
        if (shape_.knows("B") && shape_.knows("T")) r.layout = time_major(shape_["T"], shape_["B"]);
        return r;
      case field::extent:
        r.size = shape_.knows(f.shape.text) ? shape_[f.shape.text] : 0;
        return r;
      case field::list: break;  // of host operations
    }
    return r;
  }
  typed_array from_value(const value& v, kind k, std::string_view name) const {
    typed_array a{k, where_.element, {}};
    a.resize(v.data.size());
    for (std::size_t i = 0; i < v.data.size(); ++i) {
      if (k == kind::integer)
        a.as<index_t>()[i] = v.beyond.count(i) ? v.beyond.at(i) : as_integer(v.data[i], table_.about.name, name);
      else a.store(i, v.data[i]);
    }
    return a;
  }
  raw upload(typed_array a) {
    auto kept = std::make_shared<typed_array>(std::move(a));
    kept_.push_back(kept);
    raw r{kept->bytes.data(), static_cast<index_t>(kept->size)};
    if (memory_ != nullptr) {
      auto there = memory_->upload(kept->bytes.data(), kept->bytes.size());
      r.data = there.get();
      kept_.push_back(std::move(there));
    }
    return r;
  }
  std::vector<index_t> integers(const value& v, std::string_view name) const {
    std::vector<index_t> data;
    for (const double x : v.data) data.push_back(as_integer(x, table_.about.name, name));
    return data;
  }
  segments segments_of(const value& v, std::string_view name) {
    typed_array a{kind::segments, where_.element, {}};
    const auto numbers = integers(v, name);
    a.resize(numbers.size());
    std::copy(numbers.begin(), numbers.end(), a.as<index_t>());
    const raw r = upload(std::move(a));
    const view<const index_t> there{static_cast<const index_t*>(r.data), r.size};
    if (!is_padded(v) || numbers.empty()) return segments(there);
    return segments::padded(numbers.front(), {there.data() + 1, there.size() - 1});
  }

  // --- results -------------------------------------------------------------------------------------
  raw result(std::size_t i) {
    result_shapes_.push_back(shape_.resolve(file_shape(table_.shape_of(i, options_.get()), table_.result_doubles[i])));
    index_t n = 1;
    for (const index_t size : result_shapes_.back()) n *= size;
    typed_array a{table_.result_kinds[i], where_.element, {}};
    a.resize(static_cast<std::size_t>(n < 0 ? 0 : n));
    a.poison();
    results_.push_back(a);
    return upload(std::move(a));
  }
  void fetch(std::size_t i, const raw& r) {
    const std::size_t bytes = results_[i].size * results_[i].width();
    if (bytes == 0) return;
    if (memory_ != nullptr) memory_->download(results_[i].bytes.data(), r.data, bytes);
    else std::memcpy(results_[i].bytes.data(), r.data, bytes);
  }
  void must_be_untouched(std::size_t i, const raw& r) {
    const std::vector<std::byte> before = results_[i].bytes;
    fetch(i, r);
    if (results_[i].bytes != before)
      throw harness_error("wrote to " + std::string(table_.results[i].name) + " before refusing");
  }

  const array_table& table_;
  const target& where_;
  const arguments& given_;
  dimensions shape_;
  const memory* memory_;
  std::shared_ptr<void> options_;
  std::vector<std::shared_ptr<void>> kept_;
  std::vector<typed_array> results_;
  std::vector<std::vector<index_t>> result_shapes_;
};

}  // namespace

operation bind(const array_table& table) {
  operation op;
  op.about = table.about;
  for (std::size_t i = 0; i < table.arguments.size(); ++i) {
    const op::field_info& f = table.arguments[i];
    switch (f.kind) {
      case op::field_info::array:
        op.inputs.push_back({f.file_name, file_shape(f.shape, table.argument_doubles[i]), table.argument_kinds[i], f.range, f.optional, {}, f.name, f.governs});
        break;
      case op::field_info::cuts:
        if (f.shape.count == 2) break;
        op.inputs.push_back({f.file_name, std::string(f.count.text) + "+1", kind::segments, {}, f.optional,
                             f.shape.text, f.name});
        break;
      case op::field_info::rows: op.has_rows = true; break;
      case op::field_info::time:
      case op::field_info::list:
      case op::field_info::extent: break;
    }
  }
  const auto options = table.make_options();
  for (std::size_t i = 0; i < table.results.size(); ++i)
    op.outputs.push_back({table.results[i].file_name, file_shape(table.shape_of(i, options.get()), table.result_doubles[i]),
                          table.result_kinds[i], table.results[i].may_be_nan, table.results[i].range});
  op.parameters = parameter_infos(options.get(), table.parameters);
  op.gradients.assign(table.gradients.begin(), table.gradients.end());
  for (int b = 0; b < backend_count; ++b)
    for (int e = 0; e < element_count; ++e) op.runs[b][e] = table.run[b][e] != nullptr;
  op.run = [&table](const target& where, const arguments& given, const settings& chosen) {
    return one_call(table, where, given, chosen).run();
  };
  return op;
}

}  // namespace guerdon::harness
