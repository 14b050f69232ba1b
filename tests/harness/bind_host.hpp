#pragma once
// From the lists of a host operation, or of a value, to an operation without types. Batches run on host_rows: one thread
// as `scalar`, several as `eigen`.

#include "dimensions.hpp"

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <cmath>

namespace guerdon::harness {

struct scalar_place {
  static constexpr bool on_host = true;
};

namespace detail {

template <class T>
constexpr kind host_kind_of() {
  if constexpr (op::saved_value<T>) return kind::wide;
  else if constexpr (std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string> || std::is_same_v<T, text_view>)
    return kind::text;
  else if constexpr (std::is_same_v<T, index_t> || std::is_same_v<T, std::uint64_t>) return kind::integer;
  else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, flag_t>) return kind::flag;
  else if constexpr (std::is_same_v<T, double>) return kind::wide;
  else if constexpr (requires { typename T::value_type; }) return host_kind_of<typename T::value_type>();
  else return host_kind_of<std::remove_cvref_t<decltype(*std::declval<T>().begin())>>();
}
template <class T>
inline constexpr bool is_scalar_member =
    std::is_arithmetic_v<T> || std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>;

/// A struct of five doubles, such as running_moments, is [5] in a file.
template <class Member>
std::string file_shape(const op::field_info& f) {
  if constexpr (op::saved_value<Member>) return std::to_string(sizeof(Member) / sizeof(double));
  else return f.shape.text;
}

/// The elements of one argument, of all rows, as the code stores them.
struct host_storage {
  std::vector<double> wide;
  std::vector<index_t> integers;
  std::vector<flag_t> flags;
  const std::vector<std::string>* text = nullptr;
  std::vector<index_t> offsets;  // of a list
  bool given = false;
};

inline host_storage store(const value& v, kind k, std::string_view operation, std::string_view name) {
  host_storage s;
  s.given = true;
  s.text = &v.text;
  for (std::size_t i = 0; i < v.data.size(); ++i) {
    if (k == kind::wide) s.wide.push_back(v.data[i]);
    else if (k == kind::integer)
      s.integers.push_back(v.beyond.count(i) ? v.beyond.at(i) : as_integer(v.data[i], operation, name));
    else s.flags.push_back(v.data[i] != 0);
  }
  // An empty array that was given has an address.
  s.wide.reserve(s.wide.size() + 1), s.integers.reserve(s.integers.size() + 1), s.flags.reserve(s.flags.size() + 1);
  return s;
}

template <class Member>
void put_part(Member& member, const host_storage& s, std::size_t first, std::size_t count) {
  const auto n = static_cast<index_t>(count);
  if constexpr (op::saved_value<Member>) {
    std::apply([&](const auto&... f) { std::size_t k = first; ((op::list::at(member, f.member) = s.wide[k++]), ...); },
               Member::fields());
  } else if constexpr (std::is_same_v<Member, std::string_view>) member = (*s.text)[first];
  else if constexpr (std::is_same_v<Member, text_view>) {
    struct part {
      const std::string* data_;
      std::size_t size_;
      const std::string* data() const { return data_; }
      std::size_t size() const { return size_; }
    };
    member = text_view(part{s.text->data() + first, count});
  } else if constexpr (std::is_same_v<Member, view<const double>>) member = {s.wide.data() + first, n};
  else if constexpr (std::is_same_v<Member, view<const index_t>>) member = {s.integers.data() + first, n};
  else if constexpr (std::is_same_v<Member, view<const flag_t>>) member = {s.flags.data() + first, n};
  else if constexpr (host_kind_of<Member>() == kind::wide) member = s.wide[first];
  else if constexpr (host_kind_of<Member>() == kind::integer) member = static_cast<Member>(s.integers[first]);
  else member = s.flags[first] != 0;
}

template <class X>
void append(value& v, const X& x) {
  if constexpr (std::is_same_v<X, std::string> || std::is_same_v<X, std::string_view>) v.is_text = true, v.text.emplace_back(x);
  else if constexpr (std::is_same_v<X, index_t>) v.push_integer(x);
  else if constexpr (std::is_arithmetic_v<X>) v.data.push_back(static_cast<double>(x));
  else if constexpr (op::saved_value<X>)
    std::apply([&](const auto&... f) { (append(v, op::list::at(x, f.member)), ...); }, X::fields());
  else for (const auto& each : x) append(v, static_cast<std::remove_cvref_t<typename X::value_type>>(each));
}

}  // namespace detail

template <class Op, class Call>
struct host_binder {
  using inputs = typename Op::inputs;
  using outputs = typename Op::outputs;
  using options = typename Op::options;
  static constexpr auto arguments_list = Op::template arguments<inputs>();
  static constexpr auto results_list = Op::template results<outputs>();
  static constexpr auto parameters_list = Op::parameters();

  template <class Field>
  static constexpr bool per_row(const Field& f) {
    return f.info.kind == op::field_info::list ||
           (f.info.kind == op::field_info::array && f.info.shape.count == 1 && f.info.shape.at[0].symbol == 'B');
  }
  static constexpr bool has_rows =
      std::apply([](const auto&... f) { return (per_row(f) || ... || false); }, arguments_list);

  static operation information() {
    operation o;
    o.about = Op::about;
    std::apply([&](const auto&... f) { (describe_argument(f, o), ...); }, arguments_list);
    std::apply([&](const auto&... f) { (describe_result(f, o), ...); }, results_list);
    std::apply([&](const auto&... p) { (describe_parameter(p, o), ...); }, parameters_list);
    for (const backend_id b : {backend_id::scalar, backend_id::eigen})
      for (const element_id e : {element_id::float64, element_id::float32})  // the same call
        o.runs[static_cast<int>(b)][static_cast<int>(e)] = true;
    o.run = run;
    return o;
  }

 private:
  template <class Field>
  static void describe_argument(const Field& f, operation& o) {
    using member = op::list::type_of<decltype(f.member)>;
    if (f.info.kind == op::field_info::extent) return;
    o.inputs.push_back({f.info.file_name, detail::file_shape<member>(f.info), detail::host_kind_of<member>(), f.info.range, f.info.optional,
                        {}, f.info.name});
    if (f.info.kind == op::field_info::list && !input_named(o, f.info.offsets))
      o.inputs.push_back({f.info.offsets, "B+1", kind::segments, {}, false, f.info.shape.text, f.info.name});
  }
  template <class Field>
  static void describe_result(const Field& f, operation& o) {
    using member = op::list::type_of<decltype(f.member)>;
    o.outputs.push_back({f.info.file_name, detail::file_shape<member>(f.info), detail::host_kind_of<member>()});
    if (f.info.kind == op::field_info::list && !output_named(o, f.info.offsets))
      o.outputs.push_back({f.info.offsets, "B+1", kind::integer});
  }
  template <class Field>
  static void describe_parameter(const Field& p, operation& o) {
    const options standard{};
    const auto& x = op::list::at(standard, p.member);
    parameter_info info{static_cast<parameter_info::form_t>(p.info.kind), p.info.file_name, p.info.range, {}, {},
                        guerdon::detail::written(p.info)};
    for (int k = 0; k < p.info.alternatives; ++k) info.names.push_back(p.info.names[k]);
    if (!p.info.required) {
      if constexpr (std::is_convertible_v<decltype(x), std::string_view>) info.standard = std::string(x);
      else if constexpr (std::is_enum_v<std::remove_cvref_t<decltype(x)>>)
        info.standard = info.names.at(static_cast<std::size_t>(x));
      else if constexpr (std::is_same_v<decltype(x), const std::optional<double>&>)
        info.standard = x.value_or(std::numeric_limits<double>::quiet_NaN());
      else info.standard = static_cast<double>(x);
    }
    o.parameters.push_back(std::move(info));
  }

  // --- options -------------------------------------------------------------------------------------
  template <class Field>
  static void set(const Field& p, const settings& chosen, options& o, std::size_t& used) {
    const auto at = chosen.find(p.info.file_name);
    if (at == chosen.end()) return;
    ++used;
    auto& member = op::list::at(o, p.member);
    using member_t = std::remove_cvref_t<decltype(member)>;
    const double* number = std::get_if<double>(&at->second);
    const std::string* text = std::get_if<std::string>(&at->second);
    if constexpr (std::is_same_v<member_t, std::string_view>) {
      if (!text) refuse(Op::about.name, p.info.name, "must be a text");
      member = *text;
    } else if constexpr (std::is_enum_v<member_t>) {
      const auto same = [](char c, char d) { return (c == '-' ? '_' : c) == (d == '-' ? '_' : d); };
      const std::string name = text ? *text : number && *number != *number ? "nan" : "";
      std::string names;
      for (int k = 0; k < p.info.alternatives; ++k) {
        const std::string_view one = p.info.names[k];
        if (std::equal(one.begin(), one.end(), name.begin(), name.end(), same)) return void(member = static_cast<member_t>(k));
        names.append(k > 0 ? ", " : "").append(one);
      }
      if (number && (*number < 0 || *number >= p.info.alternatives) && std::abs(*number) < 1e6)
        return void(member = static_cast<member_t>(static_cast<int>(*number)));
      refuse(Op::about.name, p.info.file_name, "is not one of its alternatives: " + names);
    } else {
      // 64-bit numbers that a double would round come as texts.
      if (text && std::is_same_v<member_t, index_t>) return void(member = static_cast<member_t>(std::stoll(*text)));
      if (!number) refuse(Op::about.name, p.info.file_name, "must be a number");
      if constexpr (std::is_same_v<member_t, bool>) {
        if (*number != 0 && *number != 1) refuse(Op::about.name, p.info.file_name, "must be 0 or 1");
        member = *number != 0;
      } else if constexpr (std::is_same_v<member_t, index_t>) {
        member = as_integer(*number, Op::about.name, p.info.file_name);
      } else {
        member = *number;
      }
    }
  }
  static options read_options(const settings& chosen) {
    options o{};
    std::size_t used = 0;
    std::apply([&](const auto&... p) { (set(p, chosen, o, used), ...); }, parameters_list);
    if (used != chosen.size())
      for (const auto& [key, unused] : chosen) {
        const bool known = std::apply(
            [&, &k = key](const auto&... p) { return ((p.info.file_name == k) || ... || false); }, parameters_list);
        if (!known) throw harness_error("parameter " + key + " is in no list");
      }
    return o;
  }

  // --- the call ------------------------------------------------------------------------------------
  static const value* find(const arguments& given, std::string_view name) {
    const auto at = given.find(name);
    return at == given.end() ? nullptr : &at->second;
  }
  /// Another shape of the same input.
  template <class Field>
  static bool alternative_fits(const Field& f, const value& v, const dimensions& shape) {
    const std::string_view name = f.info.file_name;
    return std::apply([&](const auto&... g) {
      return ((g.info.file_name == name && shape.fits(v.shape, g.info.shape.text)) || ... || false);
    }, arguments_list);
  }
  template <class Field>
  static detail::host_storage read(const Field& f, const arguments& given, dimensions& shape) {
    using member = op::list::type_of<decltype(f.member)>;
    detail::host_storage s;
    if (f.info.kind == op::field_info::extent) return s;
    const value* v = find(given, f.info.file_name);
    if (v == nullptr) {
      if (!f.info.optional) refuse(Op::about.name, f.info.name, "is required and was not given");
      return s;
    }
    if (!shape.fits(v->shape, f.info.shape.text) && alternative_fits(f, *v, shape)) return s;
    shape.bind(v->shape, detail::file_shape<member>(f.info), f.info.name);
    constexpr kind k = detail::host_kind_of<member>();
    if ((k == kind::text) != v->is_text && v->size() > 0)
      refuse(Op::about.name, f.info.name, k == kind::text ? "must be texts" : "must be numbers");
    s = detail::store(*v, k, Op::about.name, f.info.name);
    if (f.info.kind == op::field_info::list) {
      const value* offsets = find(given, f.info.offsets);
      if (offsets == nullptr) refuse(Op::about.name, f.info.name, "offsets are required and were not given");
      shape.bind({offsets->size()}, "B+1", f.info.offsets);
      for (const double x : offsets->data) s.offsets.push_back(as_integer(x, Op::about.name, f.info.offsets));
      guerdon::detail::require_segments(scalar_place{}, segments(s.offsets), v->size(), Op::about.name, f.info.offsets);
    }
    return s;
  }
  template <class Field>
  static void put(const Field& f, const detail::host_storage& s, const dimensions& shape, std::size_t row, inputs& in) {
    auto& member = op::list::at(in, f.member);
    using member_t = std::remove_cvref_t<decltype(member)>;
    if (f.info.kind == op::field_info::extent) {
      if constexpr (std::is_arithmetic_v<member_t>)
        member = static_cast<member_t>(shape.resolve(f.info.shape.text).front());
      return;
    }
    if (!s.given) return;
    if (f.info.kind == op::field_info::list)
      return detail::put_part(member, s, static_cast<std::size_t>(s.offsets[row]),
                              static_cast<std::size_t>(s.offsets[row + 1] - s.offsets[row]));
    if constexpr (detail::is_scalar_member<member_t>) detail::put_part(member, s, per_row(f) ? row : 0, 1);
    else detail::put_part(member, s, 0, s.text && !s.text->empty() ? s.text->size()
                                                                   : std::max({s.wide.size(), s.integers.size(), s.flags.size()}));
  }
  template <class Field>
  static void collect(const Field& f, const std::vector<outputs>& rows, arguments& values) {
    value v;
    std::vector<index_t> offsets(1, 0);
    using member = op::list::type_of<decltype(f.member)>;
    v.is_text = detail::host_kind_of<member>() == kind::text;
    for (const outputs& row : rows) {
      detail::append(v, op::list::at(row, f.member));
      offsets.push_back(v.size());
    }
    v.shape = {v.size()};
    values[f.info.file_name] = std::move(v);
    if (f.info.kind == op::field_info::list) values[f.info.offsets] = harness::offsets(offsets);
  }

  static arguments run(const target& where, const arguments& given, const settings& chosen) {
    const options o = read_options(chosen);
    for (const auto& [key, unused] : given) {
      const bool known = std::apply([&, &k = key](const auto&... f) {
        return ((f.info.file_name == k || f.info.offsets == k) || ... || false);
      }, arguments_list);
      if (!known) throw harness_error("input " + key + " is in no list");
    }
    dimensions shape(Op::about.name);
    return std::apply([&](const auto&... f) {
      const detail::host_storage stored[sizeof...(f) + 1] = {read(f, given, shape)..., {}};
      std::vector<inputs> rows(static_cast<std::size_t>(has_rows ? shape["B"] : 1));
      for (std::size_t row = 0; row < rows.size(); ++row) {
        std::size_t k = 0;
        (put(f, stored[k++], shape, row, rows[row]), ...);
      }
      static const host_rows one{1}, two{2}, three{3}, seven{7};
      const host_rows& threads = where.backend == backend_id::scalar ? one
                                 : where.width == 7                 ? seven
                                 : where.width == 3                 ? three
                                                                    : two;
      if (before_call) before_call();
      const std::vector<outputs> results = threads.map(rows, [&](const inputs& in) { return Call::call(in, o); });
      if (after_call) after_call();
      arguments values;
      std::apply([&](const auto&... r) { (collect(r, results, values), ...); }, results_list);
      return values;
    }, arguments_list);
  }
};

template <class Op, class Call>
operation bind_host_kind() { return host_binder<Op, Call>::information(); }
template <class Op, class Call>
operation bind_value_kind() { return host_binder<Op, Call>::information(); }

}  // namespace guerdon::harness
