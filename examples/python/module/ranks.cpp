// Statistics of a batch on several ranks (guerdon/adapt/ranks.hpp), for whatever of Python's can sum and gather:
// guerdon/distributed.py has torch.distributed.
#include "arrays.hpp"
#include "ranks.hpp"

#include <guerdon/adapt/ranks.hpp>
#include <guerdon/statistics/running_moments.hpp>

namespace guerdon::python {
namespace {

/// Ranks by an object of Python's: rank, size, sum(integers) in place, gather(mine, all) of bytes.
class python_ranks {
 public:
  explicit python_ranks(nb::handle object)
      : object_(object), rank_(nb::cast<int>(object.attr("rank"))), size_(nb::cast<int>(object.attr("size"))) {}
  int rank() const { return rank_; }
  int size() const { return size_; }

  void sum(std::int64_t* words, std::size_t n) const {
    const nb::gil_scoped_acquire held;
    object_.attr("sum")(array_of(words, n));
  }
  void gather(const void* mine, std::size_t bytes, void* all) const {
    const nb::gil_scoped_acquire held;
    object_.attr("gather")(array_of(static_cast<std::uint8_t*>(const_cast<void*>(mine)), bytes),
                           array_of(static_cast<std::uint8_t*>(all), bytes * static_cast<std::size_t>(size_)));
  }

 private:
  template <class T>
  nb::object array_of(T* data, std::size_t n) const {
    return nb::ndarray<nb::numpy, T, nb::ndim<1>>(data, {n}, object_).cast(nb::rv_policy::reference);
  }
  nb::handle object_;
  int rank_, size_;
};

// --- What came in ---------------------------------------------------------------------------------------------------
/// One argument: an array, or a list of integers.
given_array argument(const char* operation, const char* name, nb::handle x) {
  given_array a;
  a.name = name;
  if (is_sequence(x)) a.kept = nb::module_::import_("numpy").attr("asarray")(x, nb::str("int64"));
  if (x.is_none() || !import_array(a, a.kept ? nb::handle(a.kept) : x, operation))
    refuse(operation, name, "must be an array");
  return a;
}
template <class T>
view<T> elements(const char* operation, const given_array& a, kind k, element_id element = element_id::float64) {
  const nb::dlpack::dtype wanted = dtype_of(k, element);
  if (!has_dtype(a, wanted))
    refuse(operation, a.name, "must be " + dtype_name(wanted) + ", and is " + dtype_name(a.dtype));
  return {static_cast<T*>(a.size > 0 ? a.at : nothing), a.size};
}
/// A mask, which may be left out.
struct given_mask {
  given_array array;
  view<const flag_t> flags;

  given_mask(const char* operation, nb::handle x) {
    if (x.is_none()) return;
    array = argument(operation, "mask", x);
    flags = elements<const flag_t>(operation, array, kind::flag);
  }
};
/// Segments of `size` values: offsets, or the size of all of them.
struct given_cuts {
  given_array array;
  segments cuts;

  given_cuts(const char* operation, const char* name, nb::handle x, index_t size) {
    if (PyLong_Check(x.ptr())) {
      const auto length = nb::cast<index_t>(x);
      if (length < 1 || size % length != 0)
        refuse(operation, name, "must divide the " + std::to_string(size) + " elements that it cuts");
      cuts = segments::uniform(size / length, length);
    } else {
      array = argument(operation, name, x);
      cuts = segments(elements<const index_t>(operation, array, kind::segments));
      guerdon::detail::require_segments(guerdon::detail::this_process(), cuts, size, operation, name);
    }
  }
};
/// f(view of its elements), which are float or double.
template <class F>
auto with_reals(const char* operation, const given_array& a, F f) {
  if (has_dtype(a, dtype_of(kind::real, element_id::float32)))
    return f(elements<const float>(operation, a, kind::real, element_id::float32));
  if (!has_dtype(a, dtype_of(kind::real, element_id::float64)))
    refuse(operation, a.name, "must be float32 or float64, and is " + dtype_name(a.dtype));
  return f(elements<const double>(operation, a, kind::real));
}
template <class Op>
typename Op::options chosen(const char* operation, const nb::kwargs& given) {
  typename Op::options o;
  const std::vector<parameter_field> fields = parameter_fields<Op>();
  settings all;
  for (const auto [key, x] : given) {
    const std::string name(text_of(key));
    const auto known = [&](const parameter_field& f) { return f.info.file_name == name; };
    if (std::none_of(fields.begin(), fields.end(), known))
      throw nb::type_error((std::string(operation) + "() has no argument '" + name + "'").c_str());
    if (!x.is_none()) all[name] = setting_of(x, false, operation, name);
  }
  choose(&o, fields, all, operation);
  return o;
}

// --- What goes out --------------------------------------------------------------------------------------------------
template <class T>
result_memory memory_for(std::vector<index_t> shape) {
  result_memory r;
  r.shape = std::move(shape);
  r.dtype = dtype_of(kind::real, std::is_same_v<T, float> ? element_id::float32 : element_id::float64);
  r.allocate();
  return r;
}
/// [count, mean, m2, low, high] of each, as guerdon.running_moments has its state.
nb::object moments_to_python(const std::vector<moments>& all, std::vector<index_t> shape, framework to) {
  result_memory r = memory_for<double>(std::move(shape));
  auto* at = static_cast<double*>(r.data);
  for (const moments& m : all)
    for (const double x : {m.count, m.mean, m.m2, m.low, m.high}) *at++ = x;
  return to_python(r, to);
}
/// f(view of the values, memory for the result) as an array like `like`.
template <class F>
nb::object like(const char* operation, const given_array& a, nb::handle like, F f) {
  return with_reals(operation, a, [&]<class T>(view<const T> values) {
    result_memory r = memory_for<T>(a.shape);
    {
      const nb::gil_scoped_release free;
      f(values, view<T>(static_cast<T*>(r.data), values.size()));
    }
    return to_python(r, origin_of(like).from);
  });
}

// --- The functions --------------------------------------------------------------------------------------------------
nb::object counts(nb::handle ranks, nb::handle mask, nb::handle rows) {
  constexpr const char* name = "global_counts";
  const given_mask given(name, mask);
  if (!given.flags) refuse(name, "mask", "is required and was not given");
  if (rows.is_none() && given.array.shape.size() != 2)
    refuse(name, "mask", "must be of shape [B,T], or row_offsets be given");
  const index_t size = given.flags.size();
  batch_counts c;
  if (rows.is_none()) {
    c = global_counts(python_ranks(ranks), segments::uniform(given.array.shape[0], given.array.shape[1]), given.flags);
  } else {
    const given_cuts cut(name, "row_offsets", rows, size);
    c = global_counts(python_ranks(ranks), cut.cuts, given.flags);
  }
  return nb::make_tuple(c.tokens, c.sequences);
}

moments moments_of(const char* name, nb::handle ranks, nb::handle value, nb::handle mask) {
  const given_array values = argument(name, "value", value);
  const given_mask given(name, mask);
  const python_ranks others(ranks);
  return with_reals(name, values, [&]<class T>(view<const T> v) {
    const nb::gil_scoped_release free;
    return global_moments<python_ranks, T>(others, v, given.flags);
  });
}
nb::object all_moments(nb::handle ranks, nb::handle value, nb::handle mask) {
  return moments_to_python({moments_of("global_moments", ranks, value, mask)}, {5}, origin_of(value).from);
}
nb::object running(nb::handle ranks, nb::handle value, nb::handle mask, nb::handle state) {
  constexpr const char* name = "global_running_moments";
  running_moments seen;
  if (!state.is_none()) {
    const given_array before = argument(name, "state", state);
    const auto s = elements<const double>(name, before, kind::wide);
    if (s.size() != 5) refuse(name, "state", "must be five numbers: count, mean, m2, low, high");
    seen = {s[0], s[1], s[2], s[3], s[4]};
  }
  const moments batch = moments_of(name, ranks, value, mask);
  if (!math::is_finite(batch.mean)) refuse(name, "value", "must be finite on all ranks");
  seen.merge(running_moments::of(batch));
  return moments_to_python({seen.as_moments()}, {5}, origin_of(value).from);
}

nb::object group_moments(nb::handle ranks, nb::handle value, nb::handle groups, index_t first_group,
                         index_t total_groups) {
  constexpr const char* name = "global_group_moments";
  const given_array values = argument(name, "value", value);
  const given_cuts cut(name, "group_offsets", groups, values.size);
  const python_ranks others(ranks);
  const auto all = with_reals(name, values, [&]<class T>(view<const T> v) {
    const nb::gil_scoped_release free;
    return global_group_moments<python_ranks, T>(others, v, cut.cuts, first_group, total_groups);
  });
  return moments_to_python(all, {static_cast<index_t>(all.size()), 5}, origin_of(value).from);
}

double quantile(nb::handle ranks, nb::handle value, double q) {
  const given_array values = argument("global_quantile", "value", value);
  const auto v = elements<const index_t>("global_quantile", values, kind::integer);
  const python_ranks others(ranks);
  const nb::gil_scoped_release free;
  return global_quantile(others, v, q);
}

nb::object whiten(nb::handle ranks, nb::handle value, nb::handle mask, const nb::kwargs& options) {
  constexpr const char* name = "global_whiten";
  const given_array values = argument(name, "value", value);
  const given_mask given(name, mask);
  if (!given.flags) refuse(name, "mask", "is required and was not given");
  const auto o = chosen<op::masked_whiten>(name, options);
  const python_ranks others(ranks);
  return like(name, values, value, [&]<class T>(view<const T> v, view<T> result) {
    global_whiten<python_ranks, T>(others, {v, given.flags}, result, o);
  });
}

nb::object grpo(nb::handle ranks, nb::handle reward, nb::handle groups, index_t first_group, index_t total_groups,
                const nb::kwargs& options) {
  constexpr const char* name = "global_grpo_advantage";
  const given_array rewards = argument(name, "reward", reward);
  const given_cuts cut(name, "group_offsets", groups, rewards.size);
  const auto o = chosen<op::grpo_advantage>(name, options);
  const python_ranks others(ranks);
  return like(name, rewards, reward, [&]<class T>(view<const T> r, view<T> advantage) {
    global_grpo_advantage<python_ranks, T>(others, {r, cut.cuts}, first_group, total_groups, advantage, o);
  });
}

}  // namespace

void add_ranks(nb::module_& m) {
  const auto none = nb::none();
  m.def("_global_counts", counts, nb::arg("ranks"), nb::arg("mask"), nb::arg("row_offsets") = none,
        "Valid tokens of all ranks, and rows with one: aggregation's global_num_tokens and global_batch_size.");
  m.def("_global_moments", all_moments, nb::arg("ranks"), nb::arg("value"), nb::arg("mask") = none,
        "[count, mean, m2, low, high] of the valid values of all ranks.");
  m.def("_global_running_moments", running, nb::arg("ranks"), nb::arg("value"), nb::arg("mask") = none,
        nb::arg("state") = none, "`state`, as of guerdon.running_moments, with the valid values of all ranks.");
  m.def("_global_group_moments", group_moments, nb::arg("ranks"), nb::arg("value"), nb::arg("group_offsets"),
        nb::arg("first_group"), nb::arg("total_groups"),
        "[G,5] moments of the groups that this rank has a part of, the others' parts included.");
  m.def("_global_quantile", quantile, nb::arg("ranks"), nb::arg("value"), nb::arg("q"),
        "Quantile q of the integers of all ranks, such as lengths, as numpy.quantile has it.");
  m.def("_global_whiten", whiten, nb::arg("ranks"), nb::arg("value"), nb::arg("mask"), nb::arg("options"),
        "masked_whiten of the batch of all ranks: this rank's part, with that operation's options.");
  m.def("_global_grpo_advantage", grpo, nb::arg("ranks"), nb::arg("reward"), nb::arg("group_offsets"),
        nb::arg("first_group"), nb::arg("total_groups"), nb::arg("options"),
        "grpo_advantage of the batch of all ranks, groups being cut or not: this rank's part. Of that operation's "
        "options std_scope, ddof, epsilon and epsilon_mode may differ from their defaults.");
}

}  // namespace guerdon::python
