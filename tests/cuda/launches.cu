// The optional launches, to machine code: the types that operations use.

#include <guerdon/backend/cuda_select.cuh>
#include <guerdon/backend/cuda_sort.cuh>

namespace guerdon {

template void cuda_backend::sort_pairs(view<const index_t>, view<const index_t>, view<index_t>, view<index_t>,
                                       index_t) const;
template void cuda_backend::sort_pairs(view<const float>, view<const index_t>, view<float>, view<index_t>,
                                       float) const;
template void cuda_backend::sort_segments(const segments&, view<const double>, view<double>) const;
template void cuda_backend::select(view<const flag_t>, view<const index_t>, view<index_t>, view<index_t>) const;
template void cuda_backend::reduce_by_key<add>(view<const index_t>, view<const index_t>, view<index_t>, view<index_t>,
                                               view<index_t>) const;
template void cuda_backend::reduce_by_key<highest>(view<const index_t>, view<const float>, view<index_t>, view<float>,
                                                   view<index_t>) const;
template void cuda_backend::exclusive_sum(view<const index_t>, view<index_t>) const;
template void cuda_backend::exclusive_sum(view<const flag_t>, view<index_t>) const;

}  // namespace guerdon
