// Compiled twice, for any x86-64 and for this machine. Prints the instruction-set namespace it is in and a
// fingerprint of results whose last bits tell the machines apart (with and without fused multiply-add). If
// the linker merged the two machines' inline functions, one would print the other's fingerprint.
#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/core/math.hpp>

#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

namespace {

template <class>
constexpr std::string_view spelled() {
  return __PRETTY_FUNCTION__;
}

bool said = [] {
  std::vector<float> reward;
  for (int i = 0; i < 4096; ++i)
    reward.push_back(guerdon::math::exp(0.001f * float(i)) + guerdon::math::log(float(i + 1)));
  const auto groups = guerdon::segments::uniform(512, 8);
  const auto advantage =
      guerdon::grpo_advantage<float>(guerdon::scalar_backend{}, {.reward = reward, .groups = groups});

  std::uint64_t fingerprint = 0;
  for (const auto& results : {reward, advantage})
    for (const float x : results)
      fingerprint = fingerprint * 1099511628211u + guerdon::bits_as<std::uint32_t>(x);
  constexpr auto name = spelled<guerdon::scalar_backend>();
  constexpr auto begin = name.find("abi_"), end = name.find("::scalar_backend");
  std::printf("%s: %.*s, %016llx\n", MACHINE, int(end - begin), name.data() + begin,
              static_cast<unsigned long long>(fingerprint));
  return true;
}();

}  // namespace
