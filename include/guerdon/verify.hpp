#pragma once
// All checks of texts and the like. Derived: build the target `reference`.

#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/gsm8k_reward.hpp>
#include <guerdon/verify/normalize_answer.hpp>
#include <guerdon/verify/sequence_matcher_blocks.hpp>
#include <guerdon/verify/think_answer_format.hpp>
