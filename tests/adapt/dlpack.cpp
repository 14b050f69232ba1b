#include <guerdon/adapt/dlpack.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/statistics/masked_mean.hpp>

#include <doctest/doctest.h>

using namespace guerdon;

namespace {

// As dlpack/dlpack.h has it.
struct tensor {
  void* data = nullptr;
  struct {
    int device_type = 1;
    std::int32_t device_id = 0;
  } device;
  std::int32_t ndim = 0;
  struct {
    std::uint8_t code = 2, bits = 32;
    std::uint16_t lanes = 1;
  } dtype;
  std::int64_t* shape = nullptr;
  std::int64_t* strides = nullptr;
  std::uint64_t byte_offset = 0;
};

std::string refusal(const tensor& t) {
  try {
    dlpack_view<const float>(t, "my_loss", "logprob");
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a tensor of DLPack's is a view of its memory") {
  float data[] = {9, 1, 2, 3, 4, 5, 6};
  std::int64_t shape[] = {2, 3}, strides[] = {3, 1};
  tensor t{.data = data, .device = {}, .ndim = 2, .dtype = {}, .shape = shape, .strides = strides, .byte_offset = 4};
  const auto v = dlpack_view<const float>(t, "my_loss", "logprob");
  CHECK(v.data() == data + 1);
  CHECK(v.size() == 6);
  CHECK(dlpack_shape(t) == std::vector<index_t>{2, 3});
  std::uint8_t mask[] = {1, 0, 1, 0, 0, 0};
  tensor m{.data = mask, .device = {}, .ndim = 2, .dtype = {6, 8, 1}, .shape = shape};
  for (const int code : {0, 1, 6}) {
    m.dtype.code = static_cast<std::uint8_t>(code);
    CHECK(masked_mean<float>(scalar_backend(), {v, dlpack_view<const flag_t>(m, "my_loss", "mask")})[0] == 2);
  }
  strides[0] = 99;
  shape[0] = 1;  // a dimension of one may have any stride
  CHECK(dlpack_view<float>(t, "my_loss", "logprob").size() == 3);
  shape[0] = 0;
  CHECK(dlpack_view<float>(t, "my_loss", "logprob").size() == 0);
}

TEST_CASE("a tensor that does not fit is told why") {
  float data[6] = {};
  std::int64_t shape[] = {2, 3}, strides[] = {1, 2};
  tensor t{.data = data, .device = {}, .ndim = 2, .dtype = {}, .shape = shape, .strides = strides};
  CHECK(refusal(t) == "my_loss: logprob must be contiguous, row by row: copy it first");
  t.strides = nullptr;
  CHECK(refusal(t) == "");
  t.dtype.bits = 64;
  CHECK(refusal(t) == "my_loss: logprob must be float32, and is float64");
  t.dtype = {4, 16, 1};
  CHECK(refusal(t) == "my_loss: logprob must be float32, and is bfloat16");
  t.dtype = {2, 32, 4};
  CHECK(refusal(t) == "my_loss: logprob must be float32, and is float32 in 4 lanes");
  t.dtype = {};
  t.device.device_type = 2;
  CHECK(refusal(t).find("lies on device type 2 of DLPack's, where 1 is needed") != std::string::npos);
  CHECK(dlpack_view<const float>(t, "my_loss", "logprob", dlpack_device::cuda).size() == 6);
}

TEST_CASE("offsets of 32 and of 64 bits") {
  std::int64_t wide[] = {0, 2, 5}, shape[] = {3};
  std::int32_t narrow[] = {0, 2, 5};
  std::vector<index_t> kept;
  tensor t{.data = wide, .device = {}, .ndim = 1, .dtype = {0, 64, 1}, .shape = shape};
  const segments there = dlpack_offsets(t, "my_loss", "cu_seqlens", kept);
  CHECK(there.offsets().data() == wide);
  CHECK(kept.empty());
  t.data = narrow, t.dtype.bits = 32;
  const segments widened = dlpack_offsets(t, "my_loss", "cu_seqlens", kept);
  CHECK(widened.count() == 2);
  CHECK(widened.size(1) == 3);
  t.ndim = 2;
  CHECK_THROWS_WITH(dlpack_offsets(t, "my_loss", "cu_seqlens", kept),
                    "my_loss: cu_seqlens must be one row of offsets, and has 2 dimensions");
}
