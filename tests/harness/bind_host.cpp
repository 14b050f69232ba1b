#include "bind_host.hpp"

namespace guerdon::harness {
namespace detail {

void put_texts(text_view& member, const host_elements& s, std::size_t first, std::size_t count) {
  struct part {
    const std::string* data_;
    std::size_t size_;
    const std::string* data() const { return data_; }
    std::size_t size() const { return size_; }
  };
  static const std::string none;  // an empty array that was given has an address
  member = text_view(part{s.text->empty() ? &none : s.text->data() + first, count});
}

template void put_member<double>(void*, const host_elements&, std::size_t, std::size_t);
template void put_member<index_t>(void*, const host_elements&, std::size_t, std::size_t);
template void put_member<bool>(void*, const host_elements&, std::size_t, std::size_t);
template void put_member<std::string_view>(void*, const host_elements&, std::size_t, std::size_t);
template void put_member<text_view>(void*, const host_elements&, std::size_t, std::size_t);
template void put_member<view<const double>>(void*, const host_elements&, std::size_t, std::size_t);
template void put_member<view<const index_t>>(void*, const host_elements&, std::size_t, std::size_t);
template void put_member<view<const flag_t>>(void*, const host_elements&, std::size_t, std::size_t);
template void append_member<double>(value&, const void*);
template void append_member<index_t>(value&, const void*);
template void append_member<bool>(value&, const void*);
template void append_member<std::string>(value&, const void*);
template void append_member<std::vector<double>>(value&, const void*);
template void append_member<std::vector<index_t>>(value&, const void*);
template void append_member<std::vector<flag_t>>(value&, const void*);
template void append_member<std::vector<std::string>>(value&, const void*);

}  // namespace detail

namespace {

struct host_place {
  static constexpr bool on_host = true;
};

/// A struct of five doubles, such as running_moments, is [5] in a file.
std::string file_shape(const host_field& f) {
  return f.form->doubles > 0 ? std::to_string(f.form->doubles) : f.info.shape.text;
}
std::string offsets_shape(const host_field& f) { return std::string(f.info.count.text) + "+1"; }

/// One row of a batch takes its own part.
bool per_row(const host_field& f) {
  return f.info.kind == op::field_info::list ||
         (f.info.kind == op::field_info::array && f.info.shape.count > 0 && f.info.shape.at[0].symbol == 'B');
}
/// Elements of one row of an array "B", or "B,4".
std::size_t row_size(const host_field& f) {
  std::size_t n = f.form->doubles > 0 ? f.form->doubles : 1;
  for (int k = 1; k < f.info.shape.count; ++k) n *= static_cast<std::size_t>(f.info.shape.at[k].fixed);
  return n;
}

/// Numbers to each that the offsets of a list count: 4 of "P,4".
index_t list_width(const host_field& f) {
  index_t width = 1;
  for (int k = 1; k < f.info.shape.count && f.info.kind == op::field_info::list; ++k) width *= f.info.shape.at[k].fixed;
  return width;
}

/// One call: values in, values out.
class host_call {
 public:
  host_call(const host_table& table, const target& where, const arguments& given, const settings& chosen)
      : table_(table), where_(where), given_(given), name_(table.about.name), shape_(table.about.name) {
    options_ = table.make_options();
    choose(options_.get(), table.parameters, chosen, name_);
    for (const auto& [key, unused] : given_) {
      const bool known =
          std::any_of(table_.arguments.begin(), table_.arguments.end(),
                      [&, &k = key](const host_field& f) { return f.info.file_name == k || f.info.offsets == k; });
      if (!known) throw harness_error("input " + key + " is in no list");
    }
  }

  arguments run() {
    std::vector<host_elements> elements;
    for (const host_field& f : table_.arguments) elements.push_back(read(f));
    const bool has_rows = std::any_of(table_.arguments.begin(), table_.arguments.end(), per_row);
    const std::size_t count = static_cast<std::size_t>(has_rows ? shape_["B"] : 1);
    const std::shared_ptr<void> rows = table_.make_rows(count);
    for (std::size_t row = 0; row < count; ++row)
      for (std::size_t k = 0; k < elements.size(); ++k)
        put(table_.arguments[k], elements[k], row, table_.arguments[k].at(table_.inputs(rows.get(), row)));

    if (before_call) before_call();
    host_rows_of(where_).each(static_cast<index_t>(count), [&](index_t i) {
      const auto row = static_cast<std::size_t>(i);
      table_.call(table_.inputs(rows.get(), row), options_.get(), table_.outputs(rows.get(), row));
    });
    if (after_call) after_call();

    arguments values;
    for (const host_field& f : table_.results) {
      value v;
      std::vector<index_t> offsets(1, 0);
      v.is_text = f.form->kind == kind::text;
      for (std::size_t row = 0; row < count; ++row) {
        f.form->append(v, f.at(table_.outputs(rows.get(), row)));
        offsets.push_back(v.size() / list_width(f));
      }
      v.shape = shape_of(f, v.size());
      values[f.info.file_name] = std::move(v);
      if (f.info.kind == op::field_info::list) values[f.info.offsets] = harness::offsets(offsets);
    }
    return values;
  }

 private:
  /// The dimensions of a result, where the arguments say them; else how many there are.
  std::vector<index_t> shape_of(const host_field& f, index_t size) const {
    if (f.info.kind != op::field_info::array) return {size};
    std::vector<index_t> shape = shape_.resolve(file_shape(f));
    index_t n = 1;
    for (const index_t d : shape) n *= d;
    return n == size ? shape : std::vector<index_t>{size};
  }
  const value* find(std::string_view name) const {
    const auto at = given_.find(name);
    return at == given_.end() ? nullptr : &at->second;
  }
  /// Another shape of the same input.
  bool alternative_fits(const host_field& f, const value& v) const {
    return std::any_of(table_.arguments.begin(), table_.arguments.end(), [&](const host_field& g) {
      return std::string_view(g.info.file_name) == f.info.file_name && shape_.fits(v.shape, g.info.shape.text);
    });
  }
  host_elements read(const host_field& f) {
    host_elements s;
    if (f.info.kind == op::field_info::extent) return s;
    const value* v = find(f.info.file_name);
    if (v == nullptr) {
      if (!f.info.optional) refuse(name_, f.info.name, "is required and was not given");
      return s;
    }
    if (f.info.kind == op::field_info::cuts) {
      shape_.bind(v->shape, offsets_shape(f), f.info.name);
    } else {
      if (!shape_.fits(v->shape, f.info.shape.text) && alternative_fits(f, *v)) return s;
      shape_.bind(v->shape, file_shape(f), f.info.name);
    }
    if ((f.form->kind == kind::text) != v->is_text && v->size() > 0)
      refuse(name_, f.info.name, f.form->kind == kind::text ? "must be texts" : "must be numbers");
    store(*v, f, s);
    if (f.info.kind == op::field_info::list) {
      const value* offsets = find(f.info.offsets);
      if (offsets == nullptr) refuse(name_, f.info.offsets, "are required and were not given");
      shape_.bind({offsets->size()}, "B+1", f.info.offsets);
      for (const double x : offsets->data) s.offsets.push_back(as_integer(x, name_, f.info.offsets));
      guerdon::detail::require_segments(host_place{}, segments(s.offsets), v->size() / list_width(f), name_,
                                         f.info.offsets);
    }
    return s;
  }
  void store(const value& v, const host_field& f, host_elements& s) const {
    s.given = true;
    s.text = &v.text;
    for (std::size_t i = 0; i < v.data.size(); ++i) {
      if (f.form->kind == kind::wide) s.wide.push_back(v.data[i]);
      else if (f.form->kind == kind::flag) s.flags.push_back(v.data[i] != 0);
      else s.integers.push_back(v.beyond.count(i) ? v.beyond.at(i) : as_integer(v.data[i], name_, f.info.name));
    }
    // An empty array that was given has an address.
    s.wide.reserve(s.wide.size() + 1), s.integers.reserve(s.integers.size() + 1), s.flags.reserve(s.flags.size() + 1);
  }
  void put(const host_field& f, const host_elements& s, std::size_t row, void* member) const {
    if (f.info.kind == op::field_info::extent) {
      *static_cast<index_t*>(member) = shape_.resolve(f.info.shape.text).front();
    } else if (!s.given) {
      return;
    } else if (f.info.kind == op::field_info::list) {
      f.form->put(member, s, static_cast<std::size_t>(s.offsets[row] * list_width(f)),
                  static_cast<std::size_t>((s.offsets[row + 1] - s.offsets[row]) * list_width(f)));
    } else if (per_row(f)) {
      f.form->put(member, s, row * row_size(f), row_size(f));
    } else {
      f.form->put(member, s, 0, f.form->whole ? s.size() : 1);
    }
  }

  const host_table& table_;
  const target& where_;
  const arguments& given_;
  std::string_view name_;
  dimensions shape_;
  std::shared_ptr<void> options_;
};

}  // namespace

operation bind(std::shared_ptr<const host_table> table) {
  operation o;
  o.about = table->about;
  o.host = table;
  for (const host_field& f : table->arguments) {
    if (f.info.kind == op::field_info::extent) continue;
    if (f.info.kind == op::field_info::cuts) {
      o.inputs.push_back(
          {f.info.file_name, offsets_shape(f), kind::segments, {}, f.info.optional, f.info.shape.text, f.info.name});
      continue;
    }
    o.inputs.push_back({f.info.file_name, file_shape(f), f.form->kind, f.info.range, f.info.optional, {}, f.info.name});
    if (f.info.kind == op::field_info::list && !input_named(o, f.info.offsets))
      o.inputs.push_back({f.info.offsets, "B+1", kind::segments, {}, f.info.optional,
                          std::string(1, f.info.shape.at[0].symbol), f.info.offsets});
  }
  for (const host_field& f : table->results) {
    o.outputs.push_back({f.info.file_name, file_shape(f), f.form->kind, f.info.may_be_nan});
    if (f.info.kind == op::field_info::list && !output_named(o, f.info.offsets))
      o.outputs.push_back({f.info.offsets, "B+1", kind::integer});
  }
  o.parameters = parameter_infos(table->make_options().get(), table->parameters);
  for (const backend_id b : {backend_id::scalar, backend_id::eigen})
    for (const element_id e : {element_id::float64, element_id::float32})  // the same call
      o.runs[static_cast<int>(b)][static_cast<int>(e)] = true;
  o.run = [table](const target& where, const arguments& given, const settings& chosen) {
    return host_call(*table, where, given, chosen).run();
  };
  return o;
}

}  // namespace guerdon::harness
