#include <guerdon/adapt/torch.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/objective/loss_aggregate.hpp>
#include <guerdon/statistics/masked_mean.hpp>

#include <ATen/ATen.h>
#include <doctest/doctest.h>

using namespace guerdon;

namespace {

template <class T = const float, class Tensor>
std::string refusal(const Tensor& t) {
  try {
    torch_view<T>(t, "my_loss", "logprob");
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a tensor of PyTorch's is a view of its memory") {
  const at::Tensor x = at::arange(6, at::kFloat).reshape({2, 3});
  const auto v = torch_view<const float>(x, "my_loss", "logprob");
  CHECK(v.data() == x.const_data_ptr<float>());
  CHECK(v.size() == 6);
  const auto row = torch_view<const float>(x[1], "my_loss", "logprob");  // an offset into the storage
  CHECK(row.data() == v.data() + 3);
  CHECK(torch_view<const double>(x.to(at::kDouble), "my_loss", "logprob")[5] == 5);
  CHECK(float(torch_view<const bfloat16>(x.to(at::kBFloat16), "my_loss", "logprob")[5]) == 5);
  CHECK(float(torch_view<const float16>(x.to(at::kHalf), "my_loss", "logprob")[5]) == 5);
  CHECK(torch_view<const index_t>(x.to(at::kLong), "my_loss", "length")[5] == 5);
  for (const at::ScalarType type : {at::kBool, at::kByte, at::kChar}) {
    const at::Tensor keep = at::eq(at::remainder(x, 2), 0).to(type);
    CHECK(masked_mean<float>(scalar_backend(), {v, torch_view<const flag_t>(keep, "my_loss", "mask")})[0] == 2);
  }
  const at::Tensor result = at::zeros({6});
  torch_view<float>(result, "my_loss", "grad")[2] = 7;
  CHECK(result[2].item<float>() == 7);
}

TEST_CASE("a tensor without elements was given, one that is left out was not") {
  const auto none = torch_view<const float>(at::empty({0, 3}), "my_loss", "logprob");
  CHECK(bool(none));
  CHECK(none.size() == 0);
  CHECK(!torch_view<const flag_t>(std::optional<at::Tensor>(), "my_loss", "mask"));
  CHECK(!torch_view<const flag_t>(std::optional<at::Tensor>(at::Tensor()), "my_loss", "mask"));
  CHECK(torch_view<const flag_t>(std::optional<at::Tensor>(at::ones({2}, at::kBool)), "my_loss", "mask").size() == 2);
}

TEST_CASE("a tensor that does not fit is told why") {
  const at::Tensor x = at::zeros({2, 3});
  CHECK(refusal(x) == "");
  CHECK(refusal(x.t()) == "my_loss: logprob must be contiguous, row by row: copy it first");
  CHECK(refusal(at::zeros({2, 1}).expand({2, 3})) == "my_loss: logprob must be contiguous, row by row: copy it first");
  CHECK(refusal(x.to(at::kDouble)) == "my_loss: logprob must be float32, and is float64");
  CHECK(refusal(x.to(at::kBool)) == "my_loss: logprob must be float32, and is bool");
  CHECK(refusal(x.to(at::kComplexFloat)) == "my_loss: logprob must be float32, and is complex64");
  CHECK(refusal<const index_t>(x.to(at::kInt)) == "my_loss: logprob must be int64, and is int32");
  CHECK(refusal<const flag_t>(x) == "my_loss: logprob must be bool or uint8, and is float32");
  CHECK(refusal(at::empty({2}, at::kMeta)) == "my_loss: logprob lies on meta, where cpu is needed: move it with to()");
  CHECK(refusal(x.to_sparse()) == "my_loss: logprob must be dense: call to_dense() of it");
  CHECK(refusal(at::Tensor()) == "my_loss: logprob is no tensor: it was left out");
  CHECK(refusal(at::imag(at::zeros({2}, at::kComplexFloat).conj())) ==
        "my_loss: logprob is a conjugate or negative yet to be: call resolve_neg() of it");
  const at::Tensor leaf = at::zeros({2}).requires_grad_();
  CHECK(refusal(leaf) == "");
  CHECK(refusal<float>(leaf) ==
        "my_loss: logprob requires a gradient, which writing to it would bypass: call detach() of it");
}

TEST_CASE("segments from cu_seqlens, of 32 and of 64 bits") {
  const at::Tensor wide = at::tensor({0, 2, 5}, at::kLong);
  std::vector<index_t> kept;
  const segments there = torch_offsets(wide, "my_loss", "cu_seqlens", kept);
  CHECK(there.offsets().data() == wide.const_data_ptr<std::int64_t>());
  CHECK(kept.empty());
  const at::Tensor loss = at::arange(5, at::kDouble), mask = at::ones({5}, at::kBool);
  for (const at::ScalarType type : {at::kLong, at::kInt}) {
    const at::Tensor offsets = wide.to(type);
    const segments rows = torch_offsets(offsets, "my_loss", "cu_seqlens", kept);
    const auto mean = loss_aggregate<double>(
        scalar_backend(),
        {.rows = rows, .token_loss = torch_view<const double>(loss, "my_loss", "loss"),
         .mask = torch_view<const flag_t>(mask, "my_loss", "mask")},
        {.mode = aggregation_mode::seq_mean_token_mean});
    CHECK(mean.loss[0] == 1.75);  // of 0.5 and 3
  }
  CHECK_THROWS_WITH(torch_offsets(loss, "my_loss", "cu_seqlens", kept),
                    "my_loss: cu_seqlens must be int64, and is float64");
  CHECK_THROWS_WITH(torch_offsets(wide.reshape({1, 3}), "my_loss", "cu_seqlens", kept),
                    "my_loss: cu_seqlens must be one row of offsets, and has 2 dimensions");
}
