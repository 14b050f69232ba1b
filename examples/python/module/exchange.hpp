#pragma once
// DLPack's table of C functions (__dlpack_c_exchange_api__, DLPack 1), which PyTorch's tensors have: an array is looked
// at, and a result made, without a call of Python's. What has no table goes through __dlpack__.

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace guerdon::python {

namespace nb = nanobind;

/// As dlpack.h has them.
struct dl_tensor {
  void* data;
  struct {
    std::int32_t type, id;
  } device;
  std::int32_t ndim;
  nb::dlpack::dtype dtype;
  std::int64_t* shape;
  std::int64_t* strides;
  std::uint64_t byte_offset;
};
struct dl_managed {
  std::uint32_t major, minor;
  void* context;
  void (*deleter)(dl_managed*);
  std::uint64_t flags;
  dl_tensor tensor;
};
struct dl_exchange {
  std::uint32_t major, minor;
  dl_exchange* older;
  int (*allocate)(dl_tensor* like, dl_managed** out, void* context, void (*say)(void*, const char*, const char*));
  int (*managed_of)(void* object, dl_managed** out);
  int (*to_python)(dl_managed*, void** object);
  int (*look_at)(void* object, dl_tensor* out);
};

enum class framework { numpy, torch, jax, other };

/// Whose arrays a type of Python's are.
struct origin {
  framework from = framework::other;
  const dl_exchange* exchange = nullptr;
};

inline origin origin_of_type(nb::handle type) {
  const auto starts = [&](const char* root) {
    const nb::object module = nb::getattr(type, "__module__", nb::str(""));
    const std::string_view name = PyUnicode_Check(module.ptr()) ? nb::cast<nb::str>(module).c_str() : "";
    return name.substr(0, name.find('.')) == root;
  };
  origin o;
  o.from = starts("torch") ? framework::torch : starts("numpy") ? framework::numpy
           : starts("jaxlib") || starts("jax") ? framework::jax : framework::other;
  const nb::object capsule = nb::getattr(type, "__dlpack_c_exchange_api__", nb::none());
  if (PyCapsule_IsValid(capsule.ptr(), "dlpack_exchange_api")) {
    o.exchange = static_cast<const dl_exchange*>(PyCapsule_GetPointer(capsule.ptr(), "dlpack_exchange_api"));
    while (o.exchange != nullptr && o.exchange->major > 1) o.exchange = o.exchange->older;
    if (o.exchange != nullptr && o.exchange->major == 1 && o.exchange->look_at != nullptr) {
      if (o.from == framework::other) o.from = framework::torch;  // a subclass: tensors come back
    } else {
      o.exchange = nullptr;
    }
  }
  return o;
}
/// Types are few, and are kept; the GIL is held.
inline origin origin_of(nb::handle x) {
  static auto& known = *new std::vector<std::pair<PyObject*, origin>>();
  PyObject* const type = x.type().ptr();
  for (const auto& [other, o] : known)
    if (other == type) return o;
  const origin o = origin_of_type(type);
  if (known.size() < 64) known.emplace_back(Py_NewRef(type), o);
  return o;
}

}  // namespace guerdon::python
