// Operations of every skeleton on the backend whose teams are built from CUB, to machine code.

#include <guerdon/backend/cuda_cub.cuh>
#include <guerdon/backend/cuda_sort.cuh>
#include <guerdon/description/advantage/grpo_advantage.hpp>
#include <guerdon/description/advantage/outcome_entropy.hpp>
#include <guerdon/description/objective/ppo_clip_loss.hpp>
#include <guerdon/description/returns/gae.hpp>
#include <guerdon/description/returns/masked_gae.hpp>
#include <guerdon/description/returns/vtrace.hpp>

namespace guerdon {

template <class T, class... Op>
void call_all(const cuda_cub_backend& gpu) { (Op::template run<T>(gpu, {}, {}, {}), ...); }

namespace op = describe;
template void call_all<float, op::grpo_advantage, op::outcome_entropy, op::ppo_clip_loss, op::gae, op::masked_gae,
                       op::vtrace>(const cuda_cub_backend&);
template void call_all<double, op::grpo_advantage, op::outcome_entropy, op::ppo_clip_loss, op::gae, op::masked_gae,
                       op::vtrace>(const cuda_cub_backend&);

}  // namespace guerdon
