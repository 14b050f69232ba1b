#pragma once
// From a description to an operation without static types: shapes, conversions, options, the call, the way
// back.

#include "operation.hpp"

#include <guerdon/core/storage.hpp>
#include <guerdon/core/text_view.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <tuple>

namespace guerdon::harness {

namespace detail {

template <class T>
struct view_element;
template <class T>
struct view_element<view<T>> {
  using type = std::remove_const_t<T>;
};
template <>
struct view_element<text_view> {
  using type = std::string;
};
/// Element type of the member that a description points to.
template <class Struct, class Member>
using element_t = typename view_element<
    std::remove_cvref_t<decltype(std::declval<Struct>().*std::declval<Member>())>>::type;

template <class Element>
constexpr kind kind_of() {
  if constexpr (std::is_same_v<Element, index_t>)
    return kind::integer;
  else if constexpr (std::is_same_v<Element, flag_t>)
    return kind::flag;
  else if constexpr (std::is_same_v<Element, std::string>)
    return kind::text;
  else
    return kind::real;
}

/// In the description for float, a member of doubles is wide by intent.
template <class Struct, class Member>
constexpr kind kind_in() {
  using element = element_t<Struct, Member>;
  return std::is_same_v<element, double> ? kind::wide : kind_of<element>();
}

/// What outputs hold before the call, so that an element never written, or written by a call that refuses,
/// shows.
template <class Element>
Element poison() {
  if constexpr (std::is_same_v<Element, index_t>)
    return -8765432109;
  else if constexpr (std::is_same_v<Element, flag_t>)
    return 0x5a;
  else if constexpr (std::is_same_v<Element, std::string>)
    return "\x01 never written";
  else
    return Element(-8.765e4f);
}

inline std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at)
      parts.emplace_back();
    else if (c != ' ')
      parts.back() += c;
  }
  return parts;
}

}  // namespace detail

/// The dimensions of one call: symbols of the description's shapes, bound by the arrays as they come.
class dimensions {
 public:
  explicit dimensions(std::string_view operation) : operation_(operation) {}

  void make_ragged(const std::vector<index_t>& row_offsets) {
    if (row_offsets.empty())
      refuse(operation_, "row_offsets", "must hold at least one number, the 0 they start with");
    symbols_["B"] = static_cast<index_t>(row_offsets.size()) - 1;
    symbols_["B,T"] = row_offsets.back();
  }
  bool ragged() const { return symbols_.count("B,T") > 0; }

  /// Does an array of this shape fit the description's by its number of dimensions? Ragged arrays are flat,
  /// so there the size decides.
  bool fits(const std::vector<index_t>& given, std::string_view shape) const {
    if (shape == "*") return true;
    if (ragged() && shape == "B,T") return given.size() == 1 && given[0] == symbols_.at("B,T");
    if (ragged() && shape == "B") return given.size() == 1 && given[0] == symbols_.at("B");
    return given.size() == detail::split(shape, ',').size();
  }

  /// Binds or checks. A [T] array where [T,B] is expected counts as [T,1].
  void bind(std::vector<index_t> given, std::string_view shape, std::string_view argument) {
    if (shape == "*") {
      if (any_.empty()) any_ = given;
      if (any_ != given) mismatch(argument, given, shape_text(any_));
      return;
    }
    if (ragged() && shape == "B,T") {
      if (given.size() != 1 || given[0] != symbols_["B,T"])
        mismatch(argument, given, "[" + std::to_string(symbols_["B,T"]) + "]");
      return;
    }
    const auto parts = detail::split(shape, ',');
    if (given.size() + 1 == parts.size()) given.push_back(1);
    if (given.size() != parts.size()) mismatch(argument, given, "[" + std::string(shape) + "]");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool plus_one = parts[i].size() > 2 && parts[i].ends_with("+1");
      const std::string symbol = plus_one ? parts[i].substr(0, parts[i].size() - 2) : parts[i];
      const index_t size = given[i] - (plus_one ? 1 : 0);
      if (const auto fixed = number(symbol)) {
        if (size != *fixed) mismatch(argument, given, "[" + std::string(shape) + "]");
      } else if (const auto [at, fresh] = symbols_.try_emplace(symbol, size); !fresh && at->second != size) {
        mismatch(argument, given, parts[i] + " = " + std::to_string(at->second + (plus_one ? 1 : 0)));
      }
    }
  }

  std::vector<index_t> resolve(std::string_view shape) const {
    if (shape == "*") return any_;
    if (ragged() && shape == "B,T") return {symbols_.at("B,T")};
    std::vector<index_t> result;
    for (const std::string& part : detail::split(shape, ',')) {
      const bool plus_one = part.size() > 2 && part.ends_with("+1");
      const std::string symbol = plus_one ? part.substr(0, part.size() - 2) : part;
      const auto fixed = number(symbol);
      const auto at = symbols_.find(symbol);
      result.push_back((fixed ? *fixed : at == symbols_.end() ? 0 : at->second) + (plus_one ? 1 : 0));
    }
    return result;
  }

  bool knows(const std::string& symbol) const { return symbols_.count(symbol) > 0; }
  index_t operator[](const std::string& symbol) const { return symbols_.at(symbol); }
  const std::vector<index_t>& any() const { return any_; }

 private:
  static std::optional<index_t> number(const std::string& symbol) {
    index_t n = 0;
    const auto [end, error] = std::from_chars(symbol.data(), symbol.data() + symbol.size(), n);
    if (error != std::errc() || end != symbol.data() + symbol.size()) return std::nullopt;
    return n;
  }
  [[noreturn]] void mismatch(std::string_view argument, const std::vector<index_t>& given,
                             const std::string& expected) const {
    refuse(operation_, argument,
           "has the wrong shape " + shape_text(given) + " where " + expected + " is expected");
  }

  std::string operation_;
  std::map<std::string, index_t, std::less<>> symbols_;
  std::vector<index_t> any_;
};

/// Stands for every host backend where only memory matters.
struct host_arrays {
  static constexpr bool on_host = true;
};

/// Moves typed arrays into a backend's memory and back. Host backends use them where they are.
template <class Element, class Backend>
auto upload(const Backend& backend, const std::vector<Element>& data) {
  if constexpr (Backend::on_host)
    return data;
  else
    return backend.upload(data);
}
template <class Element, class Backend, class Array>
std::vector<Element> download(const Backend& backend, const Array& array) {
  if constexpr (Backend::on_host)
    return array;
  else
    return backend.template download<Element>(array);
}

template <class D>
class binder {
 public:
  template <class T, class Backend>
  static arguments call(const Backend& backend, const arguments& given, const settings& chosen) {
    const runner<T> run = [](const void* b, const auto& in, const auto& out, const options& o) {
      D::template run<T>(*static_cast<const Backend*>(b), in, out, o);
    };
    if constexpr (Backend::on_host)
      return call_in<T>(host_arrays{}, run, &backend, given, chosen);
    else
      return call_in<T>(backend, run, &backend, given, chosen);
  }

  /// The description as data; the caller adds backends and run.
  static operation information() {
    operation op;
    op.about = D::about;
    std::apply([&](const auto&... d) { (describe_input(d, op), ...); }, D::template arguments<float>());
    std::apply([&](const auto&... d) { (op.outputs.push_back(describe_output(d)), ...); },
               D::template results<float>());
    std::apply([&](const auto&... p) { (op.parameters.push_back(describe_parameter(p)), ...); },
               D::parameters());
    if constexpr (requires { D::gradients; }) op.gradients.assign(D::gradients.begin(), D::gradients.end());
    return op;
  }

 private:
  using options = typename D::options;

  template <class T>
  using runner = void (*)(const void* backend, const typename D::template inputs<T>&,
                          const typename D::template outputs<T>&, const options&);

  /// The conversions of one element type; all host backends share them, only the call itself differs.
  template <class T, class Memory>
  static arguments call_in(const Memory& backend, runner<T> run, const void* on, const arguments& given,
                           const settings& chosen) {
    const auto o = read_options(chosen, given);
    dimensions shape(D::about.name);
    if (const auto rows = given.find("row_offsets"); rows != given.end() && !is_padded(rows->second))
      shape.make_ragged(integers(rows->second, "row_offsets"));

    typename D::template inputs<T> in{};
    std::vector<std::shared_ptr<void>> kept;
    const auto arguments_of = D::template arguments<T>();
    std::apply([&](const auto&... d) { (bind_array<T>(d, given, shape), ...); }, arguments_of);
    std::apply([&](const auto&... d) { (fill<T>(d, given, shape, backend, in, kept), ...); }, arguments_of);

    typename D::template outputs<T> out{};
    std::vector<std::function<void(arguments&, bool)>> fetch;
    std::apply([&](const auto&... d) { (prepare<T>(d, shape, o, backend, out, kept, fetch), ...); },
               D::template results<T>());
    arguments result;
    try {
      if (before_call) before_call();
      run(on, in, out, o);
      if (after_call) after_call();
    } catch (const std::invalid_argument&) {
      for (const auto& f : fetch) f(result, true);
      throw;
    }
    for (const auto& f : fetch) f(result, false);
    return result;
  }

  // --- options -------------------------------------------------------------------------------------
  static options read_options(const settings& chosen, const arguments& given) {
    options o{};
    std::size_t used = 0;
    std::apply([&](const auto&... p) { (read(p, chosen, o, used), ...); }, D::parameters());
    if (used != chosen.size()) {
      for (const auto& [key, unused] : chosen)
        if (!describes_parameter(key)) throw harness_error("parameter " + key + " is not in the description");
    }
    for (const auto& [key, unused] : given)
      if (key != "row_offsets" && !describes_input(key))
        throw harness_error("input " + key + " is not in the description");
    return o;
  }

  static bool describes_parameter(std::string_view key) {
    return std::apply([&](const auto&... p) { return ((p.name == key) || ...); }, D::parameters());
  }
  static bool describes_input(std::string_view key) {
    return std::apply([&](const auto&... d) { return (names(d, key) || ...); },
                      D::template arguments<float>());
  }
  template <class M>
  static bool names(const describe::input_t<M>& d, std::string_view key) {
    return d.name == key;
  }
  template <class M>
  static bool names(const describe::segments_t<M>& d, std::string_view key) {
    return d.name == key;
  }
  template <class Other>
  static bool names(const Other&, std::string_view) {
    return false;
  }

  template <class P>
  static void read(const P& p, const settings& chosen, options& o, std::size_t& used) {
    const auto at = chosen.find(p.name);
    if (at == chosen.end()) return;
    ++used;
    assign(p, at->second, o);
  }
  static double as_number(const setting& s, std::string_view name) {
    if (const double* x = std::get_if<double>(&s)) return *x;
    refuse(D::about.name, name, "must be a number");
  }
  /// A fraction is refused, not cut off; what no integer holds becomes the smallest, for the operation to refuse.
  static index_t as_integer(double x, std::string_view name) {
    if (!(x >= -9e15 && x <= 9e15)) return std::numeric_limits<index_t>::min();
    if (x != std::trunc(x)) refuse(D::about.name, name, "must be an integer");
    return static_cast<index_t>(x);
  }
  template <class G>
  static void assign(const describe::number_t<G>& p, const setting& s, options& o) {
    std::invoke(p.get, o) = as_number(s, p.name);
  }
  template <class G>
  static void assign(const describe::integer_t<G>& p, const setting& s, options& o) {
    const double x = as_number(s, p.name);
    if (!(x >= -9e15 && x <= 9e15)) refuse(D::about.name, p.name, "must be an integer");
    std::invoke(p.get, o) = as_integer(x, p.name);
  }
  template <class G>
  static void assign(const describe::flag_parameter_t<G>& p, const setting& s, options& o) {
    const double x = as_number(s, p.name);
    if (x != 0 && x != 1) refuse(D::about.name, p.name, "must be 0 or 1");
    std::invoke(p.get, o) = x != 0;
  }
  template <class G, std::size_t N>
  static void assign(const describe::choice_t<G, N>& p, const setting& s, options& o) {
    const std::string* name = std::get_if<std::string>(&s);
    // Case files write a NaN as "nan", which is also how they write an alternative of that name.
    static const std::string nan = "nan";
    if (const double* x = std::get_if<double>(&s); x && *x != *x) name = &nan;
    for (std::size_t i = 0; name && i < N; ++i)
      if (p.names[i] == *name) {
        using E = std::remove_cvref_t<decltype(std::invoke(p.get, o))>;
        std::invoke(p.get, o) = static_cast<E>(i);
        return;
      }
    // A number beyond the enumerators is what a careless cast would give: for the operation to refuse.
    if (const double* number = std::get_if<double>(&s);
        number && (*number < 0 || *number >= double(N)) && std::abs(*number) < 1e6) {
      std::invoke(p.get, o) =
          static_cast<std::remove_cvref_t<decltype(std::invoke(p.get, o))>>(static_cast<int>(*number));
      return;
    }
    std::string alternatives;
    for (const auto& n : p.names) alternatives.append(alternatives.empty() ? "" : ", ").append(n);
    refuse(D::about.name, p.name, "is not one of its alternatives: " + alternatives);
  }

  // --- inputs --------------------------------------------------------------------------------------
  static const value* find(const arguments& given, std::string_view name) {
    const auto at = given.find(name);
    return at == given.end() ? nullptr : &at->second;
  }
  template <class M>
  static bool takes(const describe::input_t<M>& d, const value* v, const dimensions& shape) {
    if (v == nullptr) return false;
    return !d.optional || shape.fits(v->shape, d.shape) || !has_alternative(d);
  }
  /// Does any of the inputs of this name?
  static bool any_takes(std::string_view name, const value* v, const dimensions& shape) {
    return std::apply([&](const auto&... e) { return (takes_by_name(e, name, v, shape) || ...); },
                      D::template arguments<float>());
  }
  template <class M>
  static bool takes_by_name(const describe::input_t<M>& d, std::string_view name, const value* v,
                            const dimensions& shape) {
    return d.name == name && takes(d, v, shape);
  }
  template <class Other>
  static bool takes_by_name(const Other&, std::string_view, const value*, const dimensions&) {
    return false;
  }
  /// Another input of the same name and another shape.
  template <class M>
  static bool has_alternative(const describe::input_t<M>& d) {
    return std::apply(
        [&](const auto&... e) { return ((names(e, d.name) && !same_shape(e, d.shape)) || ...); },
        D::template arguments<float>());
  }
  template <class M>
  static bool same_shape(const describe::input_t<M>& d, std::string_view shape) {
    return d.shape == shape;
  }
  template <class Other>
  static bool same_shape(const Other&, std::string_view) {
    return true;
  }

  template <class T, class M>
  static void bind_array(const describe::input_t<M>& d, const arguments& given, dimensions& shape) {
    if (const value* v = find(given, d.name); takes(d, v, shape)) shape.bind(v->shape, d.shape, d.name);
  }
  template <class T, class M>
  static void bind_array(const describe::segments_t<M>& d, const arguments& given, dimensions& shape) {
    if (const value* v = find(given, d.name)) shape.bind({v->shape.back()}, std::string(d.count) + "+1", d.name);
  }
  template <class T, class Other>
  static void bind_array(const Other&, const arguments&, dimensions&) {}

  template <class Element, class Backend>
  static auto& keep(const Backend& backend, const std::vector<Element>& data,
                    std::vector<std::shared_ptr<void>>& kept) {
    using array = decltype(upload(backend, data));
    auto stored = std::make_shared<array>(upload(backend, data));
    kept.push_back(stored);
    return *stored;
  }

  template <class T, class M, class Backend, class In>
  static void fill(const describe::input_t<M>& d, const arguments& given, const dimensions& shape,
                   const Backend& backend, In& in, std::vector<std::shared_ptr<void>>& kept) {
    const value* v = find(given, d.name);
    if (!takes(d, v, shape)) {
      if (v != nullptr && !any_takes(d.name, v, shape))
        refuse(D::about.name, d.name, "has the wrong shape " + shape_text(v->shape));
      if (!d.optional) refuse(D::about.name, d.name, "is required and was not given");
      return;
    }
    using element = detail::element_t<In, M>;
    if constexpr (std::is_same_v<element, std::string>) {
      in.*d.member = keep<element>(backend, v->text, kept);
    } else {
      std::vector<element> data;
      data.reserve(v->data.size() +
                   1);  // a given empty array is not a missing one: its data pointer is not null
      for (const double x : v->data) {
        if constexpr (std::is_same_v<element, flag_t>)
          data.push_back(x != 0);
        else if constexpr (std::is_same_v<element, index_t>)
          data.push_back(as_integer(x, d.name));
        else
          data.push_back(static_cast<element>(x));
      }
      using stored_t = std::vector<element>;
      auto& stored = keep<element>(backend, stored_t(std::move(data)), kept);
      if constexpr (Backend::on_host) stored.reserve(stored.size() + 1);
      in.*d.member = stored;
    }
  }
  template <class T, class M, class Backend, class In>
  static void fill(const describe::segments_t<M>& d, const arguments& given, const dimensions&,
                   const Backend& backend, In& in, std::vector<std::shared_ptr<void>>& kept) {
    const value* v = find(given, d.name);
    if (v == nullptr) {
      if (!d.optional) refuse(D::about.name, d.name, "offsets are required and were not given");
      return;
    }
    in.*d.member = segments_of(*v, d.name, backend, kept);
  }
  template <class T, class M, class Backend, class In>
  static void fill(const describe::rows_t<M>& d, const arguments& given, const dimensions& shape,
                   const Backend& backend, In& in, std::vector<std::shared_ptr<void>>& kept) {
    if (const value* rows = find(given, "row_offsets"))
      in.*d.member = segments_of(*rows, "row_offsets", backend, kept);
    else if (shape.knows("B") && shape.knows("T"))
      in.*d.member = segments::uniform(shape["B"], shape["T"]);
    else if (shape.any().size() == 2)
      in.*d.member = segments::uniform(shape.any()[0], shape.any()[1]);
  }
  template <class T, class M, class Backend, class In>
  static void fill(const describe::time_t<M>& d, const arguments&, const dimensions& shape, const Backend&,
                   In& in, std::vector<std::shared_ptr<void>>&) {
    if (shape.knows("B") && shape.knows("T")) in.*d.member = time_major(shape["T"], shape["B"]);
  }
  template <class Backend>
  static segments segments_of(const value& v, std::string_view name, const Backend& backend,
                              std::vector<std::shared_ptr<void>>& kept) {
    const std::vector<index_t> numbers = integers(v, name);
    const view<const index_t> there = keep<index_t>(backend, numbers, kept);
    if (!is_padded(v) || numbers.empty()) return segments(there);
    return segments::padded(numbers.front(), {there.data() + 1, there.size() - 1});
  }
  static std::vector<index_t> integers(const value& v, std::string_view name) {
    std::vector<index_t> data;
    for (const double x : v.data) data.push_back(as_integer(x, name));
    return data;
  }

  // --- outputs -------------------------------------------------------------------------------------
  template <class M>
  static std::string_view shape_for(const describe::output_t<M, std::string_view>& d, const options&) {
    return d.shape;
  }
  template <class M, class S>
  static std::string_view shape_for(const describe::output_t<M, S>& d, const options& o) {
    return d.shape(o);
  }

  template <class T, class M, class S, class Backend, class Out>
  static void prepare(const describe::output_t<M, S>& d, const dimensions& shape, const options& o,
                      const Backend& backend, Out& out, std::vector<std::shared_ptr<void>>& kept,
                      std::vector<std::function<void(arguments&, bool)>>& fetch) {
    using element = detail::element_t<Out, M>;
    const auto sizes = shape.resolve(shape_for(d, o));
    index_t n = 1;
    for (const index_t size : sizes) n *= size;
    auto& stored = keep<element>(
        backend, std::vector<element>(static_cast<std::size_t>(n < 0 ? 0 : n), detail::poison<element>()),
        kept);
    out.*d.member = stored;
    fetch.push_back([&backend, &stored, sizes, name = std::string(d.name)](arguments& result, bool refused) {
      const std::vector<element> data = download<element>(backend, stored);
      if (refused) {
        for (const element& x : data)
          if (!same(x, detail::poison<element>()))
            throw harness_error("wrote to " + name + " before refusing");
        return;
      }
      value v{sizes, {}, {}, std::is_same_v<element, std::string>};
      for (const element& x : data) {
        if constexpr (std::is_same_v<element, std::string>)
          v.text.push_back(x);
        else
          v.data.push_back(static_cast<double>(x));
      }
      result[name] = std::move(v);
    });
  }
  template <class E>
  static bool same(const E& a, const E& b) {
    return a == b;
  }

  // --- the description as data -----------------------------------------------------------------------
  template <class M>
  static void describe_input(const describe::input_t<M>& d, operation& op) {
    op.inputs.push_back({std::string(d.name),
                         std::string(d.shape),
                         detail::kind_in<typename D::template inputs<float>, M>(),
                         d.domain,
                         d.optional,
                         {}});
  }
  template <class M>
  static void describe_input(const describe::segments_t<M>& d, operation& op) {
    op.inputs.push_back({std::string(d.name),
                         std::string(d.count) + "+1",
                         kind::segments,
                         {},
                         d.optional,
                         std::string(d.cut)});
  }
  template <class M>
  static void describe_input(const describe::rows_t<M>&, operation& op) {
    op.has_rows = true;
  }
  template <class M>
  static void describe_input(const describe::time_t<M>&, operation&) {}

  template <class M, class S>
  static output_info describe_output(const describe::output_t<M, S>& d) {
    return {std::string(d.name), std::string(shape_for(d, options{})),
            detail::kind_in<typename D::template outputs<float>, M>()};
  }

  template <class G>
  static parameter_info describe_parameter(const describe::number_t<G>& p) {
    options o{};
    const double x = std::invoke(p.get, o);
    return {parameter_info::number,
            std::string(p.name),
            p.range,
            is_missing(x) ? std::nullopt : std::optional<setting>(x),
            {}};
  }
  template <class G>
  static parameter_info describe_parameter(const describe::integer_t<G>& p) {
    options o{};
    const index_t x = std::invoke(p.get, o);
    return {parameter_info::integer,
            std::string(p.name),
            p.range,
            is_missing(x) ? std::nullopt : std::optional<setting>(static_cast<double>(x)),
            {}};
  }
  template <class G>
  static parameter_info describe_parameter(const describe::flag_parameter_t<G>& p) {
    options o{};
    return {parameter_info::flag,
            std::string(p.name),
            describe::closed(0, 1),
            setting(std::invoke(p.get, o) ? 1.0 : 0.0),
            {}};
  }
  template <class G, std::size_t N>
  static parameter_info describe_parameter(const describe::choice_t<G, N>& p) {
    options o{};
    const auto chosen = static_cast<index_t>(std::invoke(p.get, o));
    std::vector<std::string> names(p.names.begin(), p.names.end());
    std::optional<setting> standard;
    if (chosen >= 0) standard = names.at(static_cast<std::size_t>(chosen));
    return {parameter_info::choice, std::string(p.name), {}, standard, std::move(names)};
  }
};

}  // namespace guerdon::harness
