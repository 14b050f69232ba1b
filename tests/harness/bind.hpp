#pragma once
// From an operation's lists to a table without types. What a generated source makes per operation is this table and one
// pointer per backend and element type; all conversions are compiled once, in bind.cpp.

#include "forms.hpp"
#include "listed.hpp"
#include "operation.hpp"

#include <guerdon/core/text_view.hpp>

#include <memory>
#include <span>

namespace guerdon::harness {

/// An argument or result of a call, without its type.
struct raw {
  void* data = nullptr;
  index_t size = 0;
  segments cut = {};
  time_layout layout = {};
};

/// Where the arrays of a call lie. The host's are used where they are.
struct memory {
  virtual ~memory() = default;
  /// Bytes in the backend's memory that live as long as what is returned.
  virtual std::shared_ptr<void> upload(const void*, std::size_t) const { return nullptr; }
  virtual void download(void*, const void*, std::size_t) const {}
};

using runner = void (*)(const target&, const raw* in, const raw* out, const void* options);
/// The size of the dimension that only results have.
using sizer = index_t (*)(const target&, const raw* in, const void* options);

/// An array operation as data.
struct array_table {
  op::info about;
  std::span<const op::field_info> arguments, results;
  std::span<const kind> argument_kinds, result_kinds;
  std::span<const index_t> argument_doubles, result_doubles;  // of an array of structs of doubles: how many they are
  std::vector<parameter_field> parameters;
  std::span<const op::gradient> gradients;

  std::shared_ptr<void> (*make_options)();  // the defaults
  op::shape (*shape_of)(std::size_t result, const void* options);
  runner run[backend_count][element_count] = {};
  sizer size[backend_count][element_count] = {};
  char ragged_symbol = 0;
  index_t (*decided)(const raw* in, const void* options) = nullptr;  // the dimension that options decide, or -1
  char decided_symbol = 0;
  const memory* where[backend_count] = {};  // none: the host
};

/// The operation that the table says, for all_operations(). The table must outlive it.
operation bind(const array_table& table);

namespace detail {

template <class T>
struct view_element;
template <class T>
struct view_element<view<T>> {
  using type = std::remove_const_t<T>;
};

template <class Field>
constexpr kind kind_of_field(const Field& f) {
  using member = op::list::type_of<decltype(f.member)>;
  if constexpr (std::is_same_v<member, segments> || std::is_same_v<member, time_layout>) {
    return kind::segments;
  } else if constexpr (std::is_same_v<member, index_t>) {  // an extent
    return kind::integer;
  } else {
    using element = typename view_element<member>::type;
    if constexpr (std::is_same_v<element, index_t>) return kind::integer;
    else if constexpr (std::is_same_v<element, flag_t>) return kind::flag;
    else if constexpr (std::is_same_v<element, double> || !storage<element>) return kind::wide;
    else return kind::real;
  }
}
/// A struct of doubles, such as moments, counts as that many.
template <class Field>
constexpr index_t doubles_of(const Field& f) {
  using member = op::list::type_of<decltype(f.member)>;
  if constexpr (requires { typename view_element<member>::type; }) {
    using element = typename view_element<member>::type;
    if constexpr (std::is_class_v<element> && !storage<element>)
      return static_cast<index_t>(sizeof(element) / sizeof(double));
  }
  return 1;
}

template <class T>
void put(view<T>& member, const raw& r) {
  constexpr bool fits = std::is_same_v<std::remove_const_t<T>, flag_t> || storage<std::remove_const_t<T>>;
  member = {static_cast<T*>(r.data), fits ? r.size : r.size * index_t(sizeof(double)) / index_t(sizeof(T))};
}
inline void put(segments& member, const raw& r) { member = r.cut; }
inline void put(time_layout& member, const raw& r) { member = r.layout; }
inline void put(index_t& extent, const raw& r) { extent = r.size; }

template <class Struct, class Tuple>
void put_all(Struct& s, const Tuple& fields, const raw* values) {
  std::apply([&](const auto&... f) { (put(op::list::at(s, f.member), *values++), ...); }, fields);
}

}  // namespace detail

namespace detail {

template <class Tuple>
constexpr auto kinds_of(const Tuple& fields) {
  return std::apply([](const auto&... f) { return std::array<kind, sizeof...(f)>{kind_of_field(f)...}; }, fields);
}
template <class Tuple>
constexpr auto all_doubles_of(const Tuple& fields) {
  return std::apply([](const auto&... f) { return std::array<index_t, sizeof...(f)>{doubles_of(f)...}; }, fields);
}
/// The lists as tables that live as long as the program. In the lists for float, a member of doubles is wide by intent.
template <class Op, class In, class Out>
struct tables {
  static constexpr auto argument_kinds = kinds_of(guerdon::detail::arguments_of<Op, In>);
  static constexpr auto result_kinds = kinds_of(guerdon::detail::results_of<Op, Out>);
  static constexpr auto argument_doubles = all_doubles_of(guerdon::detail::arguments_of<Op, In>);
  static constexpr auto result_doubles = all_doubles_of(guerdon::detail::results_of<Op, Out>);
  static constexpr auto results = guerdon::detail::infos_of(guerdon::detail::results_of<Op, Out>);
};

}  // namespace detail

/// An operation by its lists.
template <class Op>
array_table table_of() {
  using inputs = typename Op::template inputs<float>;
  using outputs = typename Op::template outputs<float>;
  using options = typename Op::options;
  using tables = detail::tables<Op, inputs, outputs>;
  require_all_listed<Op, inputs, outputs>();

  array_table t{};
  t.about = Op::about;
  t.arguments = guerdon::detail::argument_infos<Op, inputs>;
  t.argument_kinds = tables::argument_kinds;
  t.argument_doubles = tables::argument_doubles;
  t.results = tables::results;
  t.result_kinds = tables::result_kinds;
  t.result_doubles = tables::result_doubles;
  t.parameters = parameter_fields<Op>();
  if constexpr (requires { Op::gradients; }) t.gradients = Op::gradients;

  if constexpr (requires { Op::decided_symbol; }) {
    t.decided_symbol = Op::decided_symbol;
    t.decided = [](const raw* in, const void* o) {
      inputs i{};
      detail::put_all(i, Op::template arguments<inputs>(), in);
      guerdon::detail::check_options_of<Op>(*static_cast<const options*>(o));
      return Op::decided_size(i, *static_cast<const options*>(o));
    };
  }

  t.make_options = detail::make_default<options>;
  t.shape_of = [](std::size_t which, const void* o) {
    return guerdon::detail::result_shape<Op>(tables::results[which], *static_cast<const options*>(o));
  };
  return t;
}

/// The call on one backend in one element type: `backend_of` gives the backend of a target, Call{} is the operation.
template <class Op, class T, class Call, auto backend_of>
void run_on(const target& where, const raw* in, const raw* out, const void* options) {
  typename Op::template inputs<T> inputs{};
  typename Op::template outputs<T> outputs{};
  detail::put_all(inputs, Op::template arguments<decltype(inputs)>(), in);
  detail::put_all(outputs, Op::template results<decltype(outputs)>(), out);
  Call::template call<T>(backend_of(where), inputs, outputs, *static_cast<const typename Op::options*>(options));
}

template <class Op, class T, auto backend_of>
index_t size_on(const target& where, const raw* in, const void* options) {
  typename Op::template inputs<T> inputs{};
  detail::put_all(inputs, Op::template arguments<decltype(inputs)>(), in);
  check_arguments<Op>(backend_of(where), inputs);
  return Op::template ragged_size<T>(backend_of(where), inputs, *static_cast<const typename Op::options*>(options));
}

/// Does the operation take this element type?
template <class Op, class T>
concept takes_element = requires { typename Op::template inputs<T>; };

template <class E>
constexpr element_id id_of() {
  return std::is_same_v<E, double>    ? element_id::float64
         : std::is_same_v<E, float>   ? element_id::float32
         : std::is_same_v<E, float16> ? element_id::float16
                                      : element_id::bfloat16;
}
template <class Op>
concept has_ragged_results = requires { Op::ragged_symbol; };

template <class Op, class Call, backend_id backend, auto backend_of, class E>
void add_run(array_table& t) {
  if constexpr (takes_element<Op, E>) {
    t.run[static_cast<int>(backend)][static_cast<int>(id_of<E>())] = run_on<Op, E, Call, backend_of>;
    if constexpr (has_ragged_results<Op>) {
      t.ragged_symbol = Op::ragged_symbol;
      t.size[static_cast<int>(backend)][static_cast<int>(id_of<E>())] = size_on<Op, E, backend_of>;
    }
  }
}
template <class Op, class Call, backend_id backend, auto backend_of, class... T>
void add_runs(array_table& t) {
  (add_run<Op, Call, backend, backend_of, T>(t), ...);
}

}  // namespace guerdon::harness
