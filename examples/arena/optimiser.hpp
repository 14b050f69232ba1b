#pragma once
// Adam (arXiv:1412.6980) with the gradient clipped to a given norm first.

#include "policy.hpp"

namespace arena {

struct adam_options {
  float rate = 1e-3F, beta1 = 0.9F, beta2 = 0.99F, epsilon = 1e-8F, clip_norm = 1.0F;
};

class adam {
 public:
  explicit adam(index_t parameters) : mean_(vector<float>::Zero(parameters)), square_(mean_) {}

  void step(vector<float>& weights, const vector<float>& gradient, const adam_options& o) {
    const float norm = gradient.norm();
    const float scale = norm > o.clip_norm ? o.clip_norm / norm : 1.0F;
    beta1_power_ *= o.beta1;
    beta2_power_ *= o.beta2;
    mean_ = o.beta1 * mean_ + (1.0F - o.beta1) * scale * gradient;
    square_ = o.beta2 * square_ + (1.0F - o.beta2) * scale * scale * gradient.cwiseAbs2();
    const float rate = o.rate / (1.0F - beta1_power_), unbias = 1.0F / (1.0F - beta2_power_);
    weights.array() -= rate * mean_.array() / ((unbias * square_.array()).sqrt() + o.epsilon);
  }

 private:
  vector<float> mean_, square_;
  float beta1_power_ = 1.0F, beta2_power_ = 1.0F;
};

}  // namespace arena
