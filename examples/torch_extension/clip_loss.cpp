// PPO's clipped loss over packed responses with its gradient, as a function of PyTorch's: nothing is copied.
#include <torch/extension.h>

#include <guerdon/adapt/torch.hpp>
#include <guerdon/default_backend.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>

std::tuple<at::Tensor, at::Tensor> clip_loss(at::Tensor logprob, at::Tensor old_logprob, at::Tensor advantage,
                                             at::Tensor cu_seqlens, std::optional<at::Tensor> mask, double clip_high) {
  const auto in = [](auto& x, const char* name) { return guerdon::torch_view<const float>(x, "clip_loss", name); };
  const auto out = [](auto& x) { return guerdon::torch_view<float>(x, "clip_loss", "result"); };
  const at::Tensor loss = at::empty({}), gradient = at::empty(logprob.sizes());
  std::vector<guerdon::index_t> kept;
  guerdon::ppo_clip_loss(guerdon::default_backend(),
                         {.rows = guerdon::torch_offsets(cu_seqlens, "clip_loss", "cu_seqlens", kept),
                          .logprob = in(logprob, "logprob"), .old_logprob = in(old_logprob, "old_logprob"),
                          .advantage = in(advantage, "advantage"),
                          .mask = guerdon::torch_view<const guerdon::flag_t>(mask, "clip_loss", "mask")},
                         {.loss = out(loss), .grad_logprob = out(gradient), .clip_fraction = {}},
                         {.clip = {.high = clip_high}});
  return {loss, gradient};
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("clip_loss", clip_loss, pybind11::call_guard<pybind11::gil_scoped_release>());
}
