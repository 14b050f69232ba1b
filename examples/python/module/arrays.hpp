#pragma once
// Arrays of Python's: what comes in is used where it lies, what goes out is of the kind that came in.

#include "array_call.hpp"
#include "exchange.hpp"

#include <new>

namespace guerdon::python {

using namespace guerdon::harness;

inline std::string_view text_of(nb::handle text) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (data == nullptr) throw nb::python_error();
  return {data, static_cast<std::size_t>(size)};
}
inline bool is_sequence(nb::handle x) { return PyList_Check(x.ptr()) || PyTuple_Check(x.ptr()); }
inline bool is_number(nb::handle x) { return PyFloat_Check(x.ptr()) || PyLong_Check(x.ptr()); }  // bool among them

/// An option as the lists take it: a number, or the name of an alternative. Integers come as text where `exact`: they may
/// be more than a double holds.
inline setting setting_of(nb::handle x, bool exact, std::string_view operation, std::string_view option) {
  if (PyUnicode_Check(x.ptr())) return std::string(text_of(x));
  if (PyBool_Check(x.ptr())) return x.ptr() == Py_True ? 1.0 : 0.0;
  if (PyLong_Check(x.ptr()) && exact) return std::string(text_of(nb::str(x)));
  const double number = PyFloat_AsDouble(x.ptr());
  if (number == -1 && PyErr_Occurred()) {
    PyErr_Clear();
    refuse(operation, option, "must be a number");
  }
  return number;
}

inline nb::dlpack::dtype dtype_of(kind k, element_id element) {
  using code = nb::dlpack::dtype_code;
  if (k == kind::flag) return {static_cast<std::uint8_t>(code::Bool), 8, 1};
  if (k == kind::integer || k == kind::segments) return {static_cast<std::uint8_t>(code::Int), 64, 1};
  const bool narrow = k == kind::real && element == element_id::float32;
  return {static_cast<std::uint8_t>(code::Float), static_cast<std::uint8_t>(narrow ? 32 : 64), 1};
}
inline std::string dtype_name(nb::dlpack::dtype d) {
  static constexpr const char* names[] = {"int", "uint", "float", "a handle", "bfloat", "complex", "bool"};
  if (d.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::Bool)) return "bool";
  return (d.code < 7 ? names[d.code] : "of a type of ") + std::to_string(d.bits);
}

/// Where an empty array that was given lies: without an address it would count as left out.
alignas(64) inline char nothing[64];

/// An array that came in.
struct given_array {
  std::string_view name;  ///< as case files call it
  std::vector<index_t> shape;
  void* at = nullptr;
  nb::dlpack::dtype dtype{};
  index_t size = 0;
  bool arrived = false;
  nb::ndarray<> held;  ///< what keeps it, where its owner's own object does not
  nb::object kept;     ///< of a number or a list: the array it became
  index_t length = -1;        ///< of cuts that came as one number: segments of so many elements
  const given_array* lengths = nullptr;  ///< of rows: lengths in a padded array

  template <class Shape, class Strides>
  void arrive(void* data, nb::dlpack::dtype type, std::size_t dimensions, Shape extent, Strides stride_of,
              std::string_view operation) {
    at = data, dtype = type, arrived = true;
    shape.resize(dimensions);
    size = 1;
    for (std::size_t d = 0; d < dimensions; ++d) size *= shape[d] = static_cast<index_t>(extent(d));
    std::int64_t stride = 1;
    for (std::size_t d = dimensions; d-- > 0 && size > 0; stride *= shape[d])
      if (shape[d] > 1 && stride_of(d) != stride)
        refuse(operation, name, "must be contiguous: nothing is copied here, call .contiguous() or "
                                "numpy.ascontiguousarray first");
  }
};

inline bool has_dtype(const given_array& a, nb::dlpack::dtype wanted) {
  const nb::dlpack::dtype got = a.dtype;
  if (wanted.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::Bool))  // bytes, 0 or not 0
    return got.bits == 8 && got.lanes == 1 && (got.code <= 1 || got.code == wanted.code);
  return got == wanted;
}

/// False where x is no array. Its memory stays x's.
inline bool import_array(given_array& a, nb::handle x, std::string_view operation) {
  const auto near = [&](int device_type) {
    if (device_type != nb::device::cpu::value)
      refuse(operation, a.name, "lies on another device: this module was built for the CPU, call .cpu() first");
  };
  if (const dl_exchange* exchange = origin_of(x).exchange) {
    dl_tensor t;
    if (exchange->look_at(x.ptr(), &t) == 0) {
      near(t.device.type);
      if (nb::getattr(x, "requires_grad", nb::none()).ptr() == Py_True)
        refuse(operation, a.name, "requires a gradient: call detach() of it, or the function of guerdon.torch");
      a.arrive(static_cast<char*>(t.data) + t.byte_offset, t.dtype, static_cast<std::size_t>(t.ndim),
               [&](std::size_t d) { return t.shape[d]; }, [&](std::size_t d) { return t.strides[d]; }, operation);
      return true;
    }
    PyErr_Clear();
  }
  nb::ndarray<nb::ro> read;
  if (!nb::try_cast(x, read, false)) return false;
  near(read.device_type());
  a.held = nb::ndarray<>(read);
  a.arrive(a.held.data(), read.dtype(), read.ndim(), [&](std::size_t d) { return read.shape(d); },
           [&](std::size_t d) { return read.stride(d); }, operation);
  return true;
}

/// Memory of a result, until it is handed to Python.
struct result_memory {
  std::vector<index_t> shape;
  nb::dlpack::dtype dtype;
  void* data = nullptr;
  bool own = false;
  dl_managed* managed = nullptr;  ///< of the framework's own
  const dl_exchange* exchange = nullptr;

  result_memory() = default;
  result_memory(result_memory&& other) noexcept { *this = std::move(other); }
  result_memory& operator=(result_memory&& other) noexcept {
    std::swap(shape, other.shape), std::swap(dtype, other.dtype), std::swap(data, other.data),
        std::swap(own, other.own);
    std::swap(managed, other.managed), std::swap(exchange, other.exchange);
    return *this;
  }
  ~result_memory() {
    if (own) release(data);
    if (managed != nullptr && managed->deleter != nullptr) managed->deleter(managed);
  }
  index_t size() const {
    index_t n = 1;
    for (const index_t d : shape) n *= d;
    return n;
  }
  bool one_number() const { return shape == std::vector<index_t>{1}; }
  /// By `from`, which makes the results' framework's own arrays, if it is there.
  void allocate(const dl_exchange* from = nullptr) {
    if (from != nullptr) {
      dl_tensor like{nullptr,
                     {nb::device::cpu::value, 0},
                     one_number() ? 0 : static_cast<std::int32_t>(shape.size()),
                     dtype,
                     shape.data(),
                     nullptr,
                     0};
      if (from->allocate(&like, &managed, nullptr, [](void*, const char*, const char*) {}) != 0) throw std::bad_alloc();
      exchange = from;
      data = managed->tensor.data == nullptr ? nothing
                                             : static_cast<char*>(managed->tensor.data) + managed->tensor.byte_offset;
      return;
    }
    const std::size_t bytes = static_cast<std::size_t>(size()) * dtype.bits / 8;
    data = ::operator new(bytes + 1, std::align_val_t(64));
    own = true;
  }
  static void release(void* p) noexcept { ::operator delete(p, std::align_val_t(64)); }
};

template <class Framework>
nb::object export_array(result_memory& r) {
  std::vector<std::size_t> shape(r.shape.begin(), r.shape.end());
  if (r.one_number()) shape.clear();  // without a dimension
  nb::capsule owner(r.data, result_memory::release);
  r.own = false;
  return nb::ndarray<Framework>(r.data, shape.size(), shape.data(), owner, nullptr, r.dtype).cast();
}
inline nb::object to_python(result_memory& r, framework to) {
  if (r.managed != nullptr) {
    void* object = nullptr;
    if (r.exchange->to_python(std::exchange(r.managed, nullptr), &object) != 0) throw nb::python_error();
    return nb::steal(static_cast<PyObject*>(object));
  }
  switch (to) {
    case framework::torch: return export_array<nb::pytorch>(r);
    case framework::jax: return export_array<nb::jax>(r);
    case framework::other: return export_array<nb::array_api>(r);
    case framework::numpy: break;
  }
  return export_array<nb::numpy>(r);
}

/// The arrays of one call, for array_call.
class python_arrays {
 public:
  explicit python_arrays(const array_table& table) : table_(table) {}

  /// An argument as it came. What is no array waits until the element type is known.
  void add(std::string_view name, nb::handle x) {
    auto a = std::make_unique<given_array>();
    a->name = name;
    const origin from = origin_of(x);
    if (!is_sequence(x) && !is_number(x)) {
      if (!import_array(*a, x, table_.about.name))
        refuse(table_.about.name, name, "must be an array: NumPy's, a tensor, or what has __dlpack__");
      if (!decided_ || (from.from != framework::numpy && origin_.from == framework::numpy))
        origin_ = from, decided_ = true;
    } else {
      a->kept = nb::borrow(x);
    }
    arrays_.push_back(std::move(a));
  }

  /// The element type: that of the first array of real numbers; else as `otherwise` says.
  element_id element(std::optional<element_id> wanted) const {
    for (const auto& a : arrays_)
      if (a->arrived)
        for (std::size_t i = 0; i < table_.arguments.size(); ++i)
          if (table_.argument_kinds[i] == kind::real && a->name == table_.arguments[i].file_name) {
            if (has_dtype(*a, dtype_of(kind::real, element_id::float32))) return element_id::float32;
            if (has_dtype(*a, dtype_of(kind::real, element_id::float64))) return element_id::float64;
            refuse(table_.about.name, a->name, "must be float32 or float64, and is " + dtype_name(a->dtype));
          }
    if (wanted) return *wanted;
    return origin_.from == framework::torch ? element_id::float32 : element_id::float64;  // each one's own default
  }

  /// Numbers and lists become arrays of NumPy's, the one copy that is made.
  void settle(element_id element) {
    element_ = element;
    for (const auto& a : arrays_) {
      if (a->arrived) {
        if (a->shape.empty()) a->shape = {1};
        continue;
      }
      std::optional<kind> k;
      bool cuts = false;
      for (std::size_t i = 0; i < table_.arguments.size(); ++i)
        if (a->name == table_.arguments[i].file_name) {
          const auto form = table_.arguments[i].kind;
          cuts = form == op::field_info::cuts || form == op::field_info::rows;
          k = form == op::field_info::array ? table_.argument_kinds[i] : kind::integer;
        }
      if (cuts && PyLong_Check(a->kept.ptr())) {
        a->length = nb::cast<index_t>(a->kept);
        if (a->length < 1) refuse(table_.about.name, a->name, "must be at least 1 where it is the size of a segment");
        a->shape = {0};
        continue;
      }
      const nb::dlpack::dtype d = dtype_of(k.value_or(kind::integer), element);
      const nb::module_ numpy = nb::module_::import_("numpy");
      nb::object array;
      try {
        array = numpy.attr("asarray")(a->kept);
        const bool whole = d.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::Int);
        if (whole && text_of(array.attr("dtype").attr("kind")) == "f" && nb::cast<index_t>(array.attr("size")) > 0)
          refuse(table_.about.name, a->name, "must be integers");
        array = numpy.attr("ascontiguousarray")(array, nb::str(dtype_name(d).c_str()));
      } catch (const nb::python_error&) {
        refuse(table_.about.name, a->name, "is a list that is no array of numbers");
      }
      a->kept = array;
      import_array(*a, array, table_.about.name);
      if (a->shape.empty()) a->shape = {1};
    }
    for (const auto& a : arrays_)
      if (a->name == "row_lengths") {
        require_kind(*a, kind::integer);
        given_array* rows = find_given("row_offsets");
        if (rows != nullptr) refuse(table_.about.name, "row_lengths", "must be left out where row_offsets are given");
        auto padded = std::make_unique<given_array>();
        padded->name = "row_offsets";
        padded->shape = {1, a->shape.back() + 1};
        padded->lengths = a.get();
        arrays_.push_back(std::move(padded));
        break;
      }
  }
  /// Memory for a result, of the caller's.
  void give(std::string_view name, nb::handle x) {
    auto a = std::make_unique<given_array>();
    a->name = name;
    nb::ndarray<> writable;
    if (origin_of(x).exchange == nullptr && !nb::try_cast(x, writable, false))
      refuse(table_.about.name, name, "must be an array that can be written to");
    if (!import_array(*a, x, table_.about.name))
      refuse(table_.about.name, name, "must be an array that can be written to");
    if (a->shape.empty()) a->shape = {1};
    a->kept = nb::borrow(x);
    own_.push_back(std::move(a));
  }

  // --- for array_call ------------------------------------------------------------------------------
  const given_array* find(std::string_view name) const { return find_given(name); }
  std::optional<std::pair<index_t, index_t>> ragged(const given_array& a) const {
    if (a.lengths || a.length > 0) return std::nullopt;
    const segments s = offsets(a);
    if (s.count() < 0) refuse(table_.about.name, "row_offsets", "must hold at least one number, the 0 they start with");
    return std::pair(s.count(), s.offsets()[s.count()]);
  }
  raw argument(const given_array& a, std::size_t i) const {
    require_kind(a, table_.argument_kinds[i]);
    return {a.size > 0 ? a.at : nothing, a.size};
  }
  index_t extent(const given_array& a) const {
    if (a.size != 1) refuse(table_.about.name, a.name, "must be one number");
    require_kind(a, kind::integer);
    return *static_cast<const index_t*>(a.at);
  }
  segments cut(const given_array& a, const op::field_info& f, const dimensions& shape) const {
    if (a.lengths) {
      if (!shape.knows("B") || !shape.knows("T"))
        refuse(table_.about.name, "row_lengths", "need arrays of shape [B,T]");
      return segments::padded(shape["T"], {static_cast<const index_t*>(a.lengths->at), a.lengths->shape.back()});
    }
    if (a.length < 0) return offsets(a);
    index_t n = 1;
    for (const index_t d : shape.resolve(f.shape.text)) n *= d;
    if (n % a.length != 0)
      refuse(table_.about.name, a.name, "does not divide the " + std::to_string(n) + " elements that it cuts");
    return segments::uniform(n / a.length, a.length);
  }
  raw result(std::size_t i, std::vector<index_t> shape) {
    result_memory r;
    r.shape = std::move(shape);
    r.dtype = dtype_of(table_.result_kinds[i], element_);
    for (const auto& a : own_)
      if (a->name == table_.results[i].file_name) {
        if (a->shape != r.shape)
          refuse(table_.about.name, a->name,
                 "has the wrong shape " + shape_text(a->shape) + " where the result is " + shape_text(r.shape));
        if (!has_dtype(*a, r.dtype))
          refuse(table_.about.name, a->name, "must be " + dtype_name(r.dtype) + ", and is " + dtype_name(a->dtype));
        r.data = a->at;
      }
    if (r.data == nullptr) r.allocate(origin_.from == framework::torch ? origin_.exchange : nullptr);
    results_.push_back(std::move(r));
    return {results_.back().data, results_.back().size()};
  }
  nb::object result_to_python(std::size_t i) {
    for (const auto& a : own_)
      if (a->name == table_.results[i].file_name) return a->kept;
    return to_python(results_[i], origin_.from);
  }

 private:
  given_array* find_given(std::string_view name) const {
    for (const auto& a : arrays_)
      if (a->name == name) return a.get();
    return nullptr;
  }
  void require_kind(const given_array& a, kind k) const {
    const nb::dlpack::dtype wanted = dtype_of(k, element_);
    if (has_dtype(a, wanted)) return;
    const std::string name = k == kind::flag ? "bool or uint8" : dtype_name(wanted);
    refuse(table_.about.name, a.name, "must be " + name + ", and is " + dtype_name(a.dtype));
  }
  segments offsets(const given_array& a) const {
    if (a.shape.size() != 1)
      refuse(table_.about.name, a.name, "has the wrong shape " + shape_text(a.shape) + " where offsets are one row");
    require_kind(a, kind::segments);
    return segments(view<const index_t>{static_cast<const index_t*>(a.at), a.shape[0]});
  }

  const array_table& table_;
  element_id element_ = element_id::float64;
  origin origin_{framework::numpy, nullptr};
  bool decided_ = false;
  std::vector<std::unique_ptr<given_array>> arrays_, own_;
  std::vector<result_memory> results_;
};

}  // namespace guerdon::python
