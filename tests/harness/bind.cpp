#include "array_call.hpp"

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

/// The arrays of one call: values in, values out.
class value_arrays {
 public:
  value_arrays(const array_table& table, const target& where, const arguments& given)
      : table_(table), where_(where), given_(given), memory_(table.where[static_cast<int>(where.backend)]) {
    for (const auto& [key, unused] : given_) {
      const bool known = std::any_of(table_.arguments.begin(), table_.arguments.end(),
                                     [&, &n = key](const op::field_info& f) { return f.file_name == n; });
      if (!known && key != "row_offsets") throw harness_error("input " + key + " is in no list");
    }
  }

  // --- arguments -----------------------------------------------------------------------------------
  const value* find(std::string_view name) const {
    const auto at = given_.find(name);
    return at == given_.end() ? nullptr : &at->second;
  }
  std::optional<std::pair<index_t, index_t>> ragged(const value& v) const {
    if (is_padded(v)) return std::nullopt;
    const auto offsets = integers(v, "row_offsets");
    if (offsets.empty())
      refuse(table_.about.name, "row_offsets", "must hold at least one number, the 0 they start with");
    return std::pair(static_cast<index_t>(offsets.size()) - 1, offsets.back());
  }
  raw argument(const value& v, std::size_t i) {
    const kind k = table_.argument_kinds[i];
    typed_array a{k, where_.element, {}};
    a.resize(v.data.size());
    for (std::size_t j = 0; j < v.data.size(); ++j) {
      if (k == kind::integer)
        a.as<index_t>()[j] =
            v.beyond.count(j) ? v.beyond.at(j) : as_integer(v.data[j], table_.about.name, table_.arguments[i].name);
      else a.store(j, v.data[j]);
    }
    return upload(std::move(a));
  }
  static index_t extent(const value& v) { return static_cast<index_t>(v.data.front()); }
  segments cut(const value& v, const op::field_info& f, const dimensions&) {
    typed_array a{kind::segments, where_.element, {}};
    const auto numbers = integers(v, f.name);
    a.resize(numbers.size());
    std::copy(numbers.begin(), numbers.end(), a.as<index_t>());
    const raw r = upload(std::move(a));
    const view<const index_t> there{static_cast<const index_t*>(r.data), r.size};
    if (!is_padded(v) || numbers.empty()) return segments(there);
    return segments::padded(numbers.front(), {there.data() + 1, there.size() - 1});
  }

  // --- results -------------------------------------------------------------------------------------
  raw result(std::size_t i, std::vector<index_t> shape) {
    index_t n = 1;
    for (const index_t size : shape) n *= size;
    result_shapes_.push_back(std::move(shape));
    typed_array a{table_.result_kinds[i], where_.element, {}};
    a.resize(static_cast<std::size_t>(n < 0 ? 0 : n));
    a.poison();
    results_.push_back(a);
    return upload(std::move(a));
  }
  arguments values(const std::vector<raw>& out) {
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
  void must_be_untouched(const std::vector<raw>& out) {
    for (std::size_t i = 0; i < results_.size(); ++i) {
      const std::vector<std::byte> before = results_[i].bytes;
      fetch(i, out[i]);
      if (results_[i].bytes != before)
        throw harness_error("wrote to " + std::string(table_.results[i].name) + " before refusing");
    }
  }

 private:
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
  void fetch(std::size_t i, const raw& r) {
    const std::size_t bytes = results_[i].size * results_[i].width();
    if (bytes == 0) return;
    if (memory_ != nullptr) memory_->download(results_[i].bytes.data(), r.data, bytes);
    else std::memcpy(results_[i].bytes.data(), r.data, bytes);
  }

  const array_table& table_;
  const target& where_;
  const arguments& given_;
  const memory* memory_;
  std::vector<std::shared_ptr<void>> kept_;
  std::vector<typed_array> results_;
  std::vector<std::vector<index_t>> result_shapes_;
};

arguments run_call(const array_table& table, const target& where, const arguments& given, const settings& chosen) {
  const auto options = table.make_options();
  choose(options.get(), table.parameters, chosen, table.about.name);
  value_arrays arrays(table, where, given);
  array_call call(table, where, options.get(), arrays);
  call.make_results();
  try {
    if (before_call) before_call();
    call.run();
    if (after_call) after_call();
  } catch (const std::invalid_argument&) {
    arrays.must_be_untouched(call.results());
    throw;
  }
  return arrays.values(call.results());
}

}  // namespace

operation bind(const array_table& table) {
  operation op;
  op.about = table.about;
  op.array = &table;
  for (std::size_t i = 0; i < table.arguments.size(); ++i) {
    const op::field_info& f = table.arguments[i];
    switch (f.kind) {
      case op::field_info::array:
        op.inputs.push_back({f.file_name,
                             file_shape(f.shape, table.argument_doubles[i]),
                             table.argument_kinds[i],
                             f.range,
                             f.optional,
                             {},
                             f.name,
                             f.governs});
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
    op.outputs.push_back({table.results[i].file_name,
                          file_shape(table.shape_of(i, options.get()), table.result_doubles[i]), table.result_kinds[i],
                          table.results[i].may_be_nan, table.results[i].range});
  op.parameters = parameter_infos(options.get(), table.parameters);
  op.gradients.assign(table.gradients.begin(), table.gradients.end());
  for (int b = 0; b < backend_count; ++b)
    for (int e = 0; e < element_count; ++e) op.runs[b][e] = table.run[b][e] != nullptr;
  op.run = [&table](const target& where, const arguments& given, const settings& chosen) {
    return run_call(table, where, given, chosen);
  };
  return op;
}

}  // namespace guerdon::harness
