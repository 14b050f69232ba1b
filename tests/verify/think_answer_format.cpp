// think_answer_format on text that is particular.
#include <guerdon/verify/think_answer_format.hpp>

#include <doctest/doctest.h>

#include "nasty_text.hpp"

using form = guerdon::think_answer_template;

using namespace std::string_view_literals;

namespace {

bool is(std::string_view text, form f) { return guerdon::think_answer_format({text}, {.form = f}).reward == 1; }

TEST_CASE("bodies may be empty, their line breaks are two") {
  CHECK(is("<think>\n\n</think>\n<answer>\n\n</answer>", form::open_r1));
  CHECK_FALSE(is("<think>\n</think>\n<answer>\n\n</answer>", form::open_r1));
  CHECK_FALSE(is("<think>\n\n</think>\n<answer>\n</answer>", form::open_r1));
}

TEST_CASE("any closing tag that ends a line will do, and the first middle decides nothing") {
  CHECK(is("<think>\na\n</think>\n<answer>\nb\n</answer>x\n</answer>", form::open_r1));
  CHECK(is("<think>\na\n</think>\n<answer>\nb\n</think>\n<answer>\nc\n</answer>\nmore", form::open_r1));
  CHECK_FALSE(is("<think>\na\n</think>\n<answer>\nb\n</answer> \n", form::open_r1));
  CHECK(is("<think>a</think>b</think>\u3000\n<answer>c</answer></answer>", form::loose));
  CHECK_FALSE(is("<think>a</think><answer></answer", form::loose));
  CHECK_FALSE(is("<think></think><answer>", form::loose));
  CHECK_FALSE(is("", form::loose));
}

TEST_CASE("megabytes are one pass") {
  for (const std::string_view piece : {"</think> "sv, "\n</answer>x"sv, "<answer>"sv, "\n</think>\n<answer>\n"sv})
    for (const form f : {form::open_r1, form::trl_think, form::loose})
      CHECK_NOTHROW(is("<think>\n" + nasty::repeat(piece, 4 << 20) + "</answer>", f));
}

}  // namespace
