// guerdon as a module of Python's: every operation by its lists. What a call takes, checks, makes and says is in them;
// there is no wrapper by hand.
#include "arrays.hpp"
#include "bind_host.hpp"
#include "documents.hpp"
#include "ranks.hpp"

#include <nanobind/stl/string.h>

#include <atomic>

namespace guerdon::python {
namespace {

std::atomic<int> threads{1};

[[noreturn]] void type_error(const operation& op, const std::string& problem) {
  throw nb::type_error((std::string(op.about.name) + "() " + problem).c_str());
}

std::vector<std::string_view> argument_names(const operation& op) {
  std::vector<std::string_view> names;
  for (const argument_name& a : arguments_of(op)) names.push_back(a.name);
  return names;
}

/// What one call was given, by name.
struct given_call {
  std::vector<std::pair<std::string_view, nb::handle>> inputs;
  settings options;
  nb::handle out;
  std::optional<element_id> dtype;
};

/// A function of the module: an operation, and what is looked up at every call.
struct function {
  const operation& op;
  std::vector<std::string_view> names;
  std::string signature;
  nb::handle result_type;  // lives as long as the module

  given_call read(const nb::args& args, const nb::kwargs& kwargs) const {
    given_call call;
    if (args.size() > names.size())
      type_error(op, "takes at most " + std::to_string(names.size()) + " positional arguments, options are keywords");
    for (std::size_t i = 0; i < args.size(); ++i)
      if (!args[i].is_none()) call.inputs.emplace_back(names[i], args[i]);
    for (const auto [key, x] : kwargs) {
      std::string_view name = text_of(key);
      if (name == "out" && op.array) {
        if (!x.is_none()) call.out = x;
      } else if (name == "dtype" && op.array) {
        if (x.is_none()) continue;
        const std::string wanted(text_of(nb::str(x)));
        const bool narrow = wanted.ends_with("float32") || wanted.ends_with("float32'>");
        if (!narrow && !wanted.ends_with("float64") && !wanted.ends_with("float64'>"))
          refuse(op.about.name, "dtype", "must be float32 or float64");
        call.dtype = narrow ? element_id::float32 : element_id::float64;
      } else {
        if (name.ends_with('_')) name.remove_suffix(1);  // lambda_
        const auto input = std::find(names.begin(), names.end(), name);
        // Of an option that each segment may have for itself, a number is the option.
        const parameter_info* option = input == names.end() || is_number(x) ? parameter_named(op, name) : nullptr;
        if (input == names.end() && option == nullptr)
          type_error(op, "has no argument '" + std::string(name) + "'; it takes " + signature);
        if (x.is_none()) continue;
        if (option) {
          call.options[option->name] =
              setting_of(x, option->form == parameter_info::integer, op.about.name, option->name);
        } else {
          for (const auto& [other, unused] : call.inputs)
            if (other == *input) type_error(op, "got '" + std::string(name) + "' twice");
          call.inputs.emplace_back(*input, x);
        }
      }
    }
    return call;
  }
};

/// One result as it is; several as a named tuple.
nb::object returned(function& f, const std::vector<nb::object>& values) {
  if (values.size() == 1) return values[0];
  if (!f.result_type) {
    nb::list fields;
    for (const std::string_view name : results_of(f.op)) fields.append(nb::str(name.data(), name.size()));
    nb::object type =
        nb::module_::import_("collections").attr("namedtuple")(std::string(f.op.about.name) + "_result", fields);
    nb::module_::import_("guerdon._guerdon")
        .attr("_result_types")
        .attr("__setitem__")(nb::str(f.op.about.name.data()), type);
    f.result_type = type;
  }
  nb::list all;
  for (const nb::object& x : values) all.append(x);
  return f.result_type(*nb::tuple(all));
}

// --- Arrays ---------------------------------------------------------------------------------------------------------
nb::object call_array(function& f, const nb::args& args, const nb::kwargs& kwargs) {
  const array_table& table = *f.op.array;
  given_call given = f.read(args, kwargs);
  const auto options = table.make_options();
  choose(options.get(), table.parameters, given.options, table.about.name);
  python_arrays arrays(table);
  for (const auto& [name, x] : given.inputs) arrays.add(name, x);
  const target where{backend_id::eigen, arrays.element(given.dtype), threads.load()};
  arrays.settle(where.element);
  if (given.out) {
    if (table.results.size() == 1 && !PyDict_Check(given.out.ptr())) arrays.give(table.results[0].file_name, given.out);
    else
      for (const auto [key, x] : nb::cast<nb::dict>(given.out)) {
        const std::string_view name = text_of(key);
        const bool known = std::any_of(table.results.begin(), table.results.end(),
                                       [&](const op::field_info& r) { return r.file_name == name; });
        if (!known) refuse(table.about.name, "out", "has no result '" + std::string(name) + "'");
        arrays.give(name, x);
      }
  }
  array_call call(table, where, options.get(), arrays);
  {
    nb::gil_scoped_release free;
    call.make_results();
    call.run();
  }
  std::vector<nb::object> values;
  for (std::size_t i = 0; i < table.results.size(); ++i) values.push_back(arrays.result_to_python(i));
  return returned(f, values);
}

// --- Texts, graphs, programs; updates of values -----------------------------------------------------------------------
/// Texts are bytes here: what is no UTF-8 passes as Python's own escapes.
std::string bytes_of(const operation& op, std::string_view name, nb::handle x) {
  if (PyBytes_Check(x.ptr())) return {PyBytes_AS_STRING(x.ptr()), static_cast<std::size_t>(PyBytes_GET_SIZE(x.ptr()))};
  if (!PyUnicode_Check(x.ptr())) refuse(op.about.name, name, "must be a text");
  const nb::object bytes = nb::steal(PyUnicode_AsEncodedString(x.ptr(), "utf-8", "surrogateescape"));
  if (!bytes) throw nb::python_error();
  return bytes_of(op, name, bytes);
}
nb::object text_to_python(const std::string& text) {
  return nb::steal(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogateescape"));
}

/// The arguments of one call as values: these are copied.
class host_arguments {
 public:
  explicit host_arguments(const operation& op) : op_(op) {}

  void add(std::string_view name, nb::handle x) {
    const host_field* field = nullptr;
    for (const host_field& f : op_.host->arguments)
      if (f.info.file_name == name) field = &f;
    if (field != nullptr && field->info.kind == op::field_info::list && is_nested(*field, x)) {
      value all;
      all.is_text = field->form->kind == kind::text;
      std::vector<index_t> cut(1, 0);
      index_t width = 1;
      for (int k = 1; k < field->info.shape.count; ++k) width *= field->info.shape.at[k].fixed;
      for (const nb::handle part : nb::cast<nb::sequence>(x)) {
        read(all, name, part, *field);
        cut.push_back(all.size() / width);
      }
      shape(all, *field);
      given[std::string(name)] = std::move(all);
      set_offsets(field->info.offsets, cut);
      return;
    }
    value v;
    v.is_text = field && field->form->kind == kind::text;
    const bool single = PyUnicode_Check(x.ptr()) || PyBytes_Check(x.ptr()) || is_number(x);
    if (single && field && field->info.shape.count > 0 && field->info.shape.at[0].symbol == 'B') one_row = true;
    if (field) read(v, name, x, *field);
    else read_numbers(v, name, x, true);
    if (field && field->info.kind == op::field_info::list) {
      shape(v, *field);
      lists_.push_back({field, v.size()});
    }
    given[std::string(name)] = std::move(v);
  }
  /// One row: its lists are whole.
  void settle() {
    for (const auto& [field, size] : lists_) {
      index_t width = 1;
      for (int k = 1; k < field->info.shape.count; ++k) width *= field->info.shape.at[k].fixed;
      if (given.count(field->info.offsets) == 0) one_row = true, set_offsets(field->info.offsets, {0, size / width});
    }
  }

  arguments given;
  bool one_row = false;

 private:
  bool is_nested(const host_field& f, nb::handle x) const {
    if (!is_sequence(x)) return false;
    for (const nb::handle part : nb::cast<nb::sequence>(x))
      if (!(f.form->kind == kind::text ? is_sequence(part) : f.info.shape.count < 2 && !is_number(part))) return false;
    return nb::len(x) > 0;
  }
  void set_offsets(const char* name, const std::vector<index_t>& cut) {
    const auto before = given.find(name);
    if (before != given.end() && before->second.data != offsets(cut).data)
      refuse(op_.about.name, name, "must be the same for all lists that they cut");
    given[name] = offsets(cut);
  }
  void shape(value& v, const host_field& f) const {
    v.shape = {v.size()};
    for (int k = 1; k < f.info.shape.count; ++k)
      v.shape[0] /= f.info.shape.at[k].fixed, v.shape.push_back(f.info.shape.at[k].fixed);
  }
  void read(value& v, std::string_view name, nb::handle x, const host_field& f) const {
    if (f.form->kind != kind::text) return read_numbers(v, name, x, f.form->kind != kind::wide);
    if (PyUnicode_Check(x.ptr()) || PyBytes_Check(x.ptr())) {
      v.text.push_back(bytes_of(op_, name, x));
    } else {
      if (!PySequence_Check(x.ptr())) refuse(op_.about.name, name, "must be texts");
      for (const nb::handle one : nb::cast<nb::sequence>(x)) v.text.push_back(bytes_of(op_, name, one));
    }
    v.shape = {v.size()};
  }
  void read_numbers(value& v, std::string_view name, nb::handle x, bool whole) const {
    nb::object array;
    try {
      const nb::module_ numpy = nb::module_::import_("numpy");
      array = numpy.attr("asarray")(x);
      if (whole && text_of(array.attr("dtype").attr("kind")) == "f" && nb::cast<index_t>(array.attr("size")) > 0)
        refuse(op_.about.name, name, "must be integers");
      array = numpy.attr("ascontiguousarray")(array, nb::str(whole ? "int64" : "float64"));
    } catch (const nb::python_error&) {
      refuse(op_.about.name, name, "must be numbers");
    }
    const auto numbers = nb::cast<nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>>(array);
    for (std::size_t d = 0; d < numbers.ndim(); ++d) v.shape.push_back(static_cast<index_t>(numbers.shape(d)));
    if (is_number(x) || numbers.ndim() == 0) v.shape = {1};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (whole) v.push_integer(static_cast<const index_t*>(numbers.data())[i]);
      else v.data.push_back(static_cast<const double*>(numbers.data())[i]);
    }
  }

  const operation& op_;
  std::vector<std::pair<const host_field*, index_t>> lists_;
};

/// Elements of a result, from `first`, as Python's.
nb::object part_to_python(const value& v, kind k, std::vector<index_t> shape, std::size_t first, framework to,
                          bool single) {
  index_t n = 1;
  for (const index_t d : shape) n *= d;
  if (k == kind::text) {
    if (single && n == 1) return text_to_python(v.text[first]);
    nb::list texts;
    for (index_t i = 0; i < n; ++i) texts.append(text_to_python(v.text[first + static_cast<std::size_t>(i)]));
    return texts;
  }
  result_memory r;
  r.shape = std::move(shape);
  r.dtype = dtype_of(k, element_id::float64);
  r.allocate();
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
    const double x = v.data[first + i];
    if (k == kind::flag) static_cast<flag_t*>(r.data)[i] = x != 0;
    else if (k == kind::wide) static_cast<double*>(r.data)[i] = x;
    else
      static_cast<index_t*>(r.data)[i] = v.beyond.count(first + i) ? v.beyond.at(first + i) : static_cast<index_t>(x);
  }
  nb::object array = to_python(r, to);
  return single && n == 1 && PyObject_HasAttrString(array.ptr(), "item") ? array.attr("item")() : array;
}

nb::object call_host(function& f, const nb::args& args, const nb::kwargs& kwargs) {
  given_call given = f.read(args, kwargs);
  host_arguments in(f.op);
  framework to = framework::numpy;
  for (const auto& [name, x] : given.inputs) {
    in.add(name, x);
    const framework from = origin_of(x).from;
    if (to == framework::numpy && from != framework::other) to = from;
  }
  in.settle();
  const target where{backend_id::eigen, element_id::float64, threads.load()};
  arguments out;
  {
    nb::gil_scoped_release free;
    out = f.op.run(where, in.given, given.options);
  }
  // A value, and a call on one row, has numbers as its results.
  const bool has_rows = std::any_of(f.op.host->arguments.begin(), f.op.host->arguments.end(), [](const host_field& a) {
    return a.info.kind == op::field_info::list || (a.info.shape.count > 0 && a.info.shape.at[0].symbol == 'B');
  });
  std::vector<nb::object> values;
  for (const host_field& r : f.op.host->results) {
    const value& v = out[r.info.file_name];
    if (r.info.kind != op::field_info::list) {
      const bool single = in.one_row || (!has_rows && r.info.shape.is("1") && r.form->doubles == 0);
      values.push_back(part_to_python(v, r.form->kind, v.shape, 0, to, single));
      continue;
    }
    index_t width = 1;
    for (int k = 1; k < r.info.shape.count; ++k) width *= r.info.shape.at[k].fixed;
    const std::vector<double>& cut = out[r.info.offsets].data;
    nb::list parts;
    for (std::size_t row = 0; row + 1 < cut.size(); ++row) {
      const auto first = static_cast<index_t>(cut[row]), n = static_cast<index_t>(cut[row + 1]) - first;
      std::vector<index_t> shape{n};
      if (width > 1) shape.push_back(width);
      parts.append(part_to_python(v, r.form->kind, shape, static_cast<std::size_t>(first * width), to, false));
    }
    if (in.one_row || !has_rows) values.push_back(nb::len(parts) > 0 ? nb::object(parts[0]) : nb::list());
    else values.push_back(parts);
  }
  return returned(f, values);
}

/// What the other parts of the package are told of an operation.
nb::dict describe(const function& f) {
  nb::dict d;
  d["name"] = nb::str(f.op.about.name.data(), f.op.about.name.size());
  d["family"] = nb::str(f.op.about.family.data(), f.op.about.family.size());
  d["array"] = f.op.array != nullptr;
  d["tolerance"] = f.op.about.tolerance;
  d["separable"] = f.op.about.skeleton == op::skeleton::map || f.op.about.skeleton == op::skeleton::logits_rows;
  nb::list inputs, outputs, options, gradients;
  static constexpr const char* kinds[] = {"real", "wide", "integer", "flag", "text", "segments"};
  for (const argument_name& a : arguments_of(f.op))
    inputs.append(nb::make_tuple(nb::str(a.name.data(), a.name.size()),
                                 a.cuts ? "segments" : kinds[static_cast<int>(a.of)], a.list));
  for (const std::string_view name : results_of(f.op))
    outputs.append(nb::make_tuple(nb::str(name.data(), name.size()), output_named(f.op, name)->shape.c_str()));
  for (const parameter_info& p : f.op.parameters) options.append(nb::str(p.name.c_str()));
  for (const op::gradient& g : f.op.gradients) {
    const auto called = [&](const char* name) -> std::string {  // of alternatives: the name of both
      for (const op::field_info& a : f.op.array->arguments)
        if (std::string_view(a.name) == name) return a.file_name;
      return name;
    };
    gradients.append(nb::make_tuple(g.name, g.of, called(g.by).c_str(), g.where));
  }
  nb::dict written;  // how sentences call what case files call otherwise
  for (const input_info& i : f.op.inputs) written[i.name.c_str()] = i.written;
  for (const parameter_info& p : f.op.parameters) written[p.name.c_str()] = p.written;
  d["written"] = written;
  d["inputs"] = inputs, d["outputs"] = outputs, d["options"] = options, d["gradients"] = gradients;
  return d;
}

}  // namespace
}  // namespace guerdon::python

NB_MODULE(_guerdon, m) {
  using namespace guerdon::python;
  static std::vector<std::unique_ptr<function>> functions;
  m.attr("_result_types") = nb::dict();
  nb::list names;
  for (const operation& op : all_operations()) {
    functions.push_back(std::make_unique<function>(function{op, argument_names(op), signature(op), {}}));
    function* f = functions.back().get();
    m.def(
        op.about.name.data(),
        [f](nb::args args, nb::kwargs kwargs) {
          return f->op.array ? call_array(*f, args, kwargs) : call_host(*f, args, kwargs);
        },
        nb::sig(f->signature.c_str()), docstring_of(op.about.name));
    names.append(nb::str(op.about.name.data()));
  }
  m.attr("_names") = names;
  add_ranks(m);
  m.def("_describe", [](const std::string& name) {
    for (const auto& f : functions)
      if (f->op.about.name == name) return describe(*f);
    throw nb::key_error(name.c_str());
  });
  m.def("set_num_threads", [](int n) {
    guerdon::require(n >= 1, "guerdon", "num_threads", "must be at least 1");
    threads = n;
  }, nb::arg("num_threads"), "Threads that one call uses; 1 at first. Results do not depend on it.");
  m.def("get_num_threads", [] { return threads.load(); }, "Threads that one call uses.");
}
