// docs/recipes.md, derived from the table in recipes/recipes.hpp.
//   guerdon_recipes --write FILE     brings it up to date
//   guerdon_recipes --check FILE     fails where it is not

#include <guerdon/recipes/recipes.hpp>

#include <fstream>
#include <iostream>
#include <sstream>

namespace {

using namespace guerdon;

/// A paper as a link.
std::string link(std::string_view source) {
  const std::string_view archive = "arXiv:";
  if (source.substr(0, archive.size()) == archive) {
    const std::string number(source.substr(archive.size()));
    return "[" + number + "](https://arxiv.org/abs/" + number + ")";
  }
  const bool is_code = source.find("github.com") != std::string_view::npos;
  return (is_code ? "[code](" : "[post](") + std::string(source) + ")";
}

std::string page() {
  std::ostringstream out;
  out << R"(<!-- Derived from the headers: build the target `reference`. -->
# Recipes
What the papers' names stand for: shaping | advantage | ratio | rule | weight | KL | aggregation. Each is a row of
[`recipes/recipes.hpp`](../include/guerdon/recipes/recipes.hpp), and a value with two calls:

```cpp
#include <guerdon/backend/scalar.hpp>
#include <guerdon/recipes/recipes.hpp>

#include <iostream>
#include <vector>

int main() {
  namespace recipes = guerdon::recipes;
  const guerdon::scalar_backend cpu;
  // Two prompts, two answers each, two tokens an answer.
  const std::vector<guerdon::index_t> rows = {0, 2, 4, 6, 8}, groups = {0, 2, 4}, length = {2, 2, 2, 2};
  const std::vector<float> reward = {1, 0, 1, 1}, old(8, -1.0f), now = {-0.5f, -1, -1, -1, -1, -1, -1, -1};
  const std::vector<guerdon::flag_t> mask(8, 1);
  const recipes::settings settings{.max_length = 4, .cache_length = 3};

  const auto signal = recipes::dapo.advantages(
      cpu, recipes::answers<float>{.rows = rows, .groups = groups, .mask = mask, .reward = reward, .length = length},
      settings);
  const auto loss = recipes::dapo.loss(
      cpu, recipes::tokens<float>{.rows = rows, .groups = groups, .mask = mask, .logprob = now, .old_logprob = old,
                                  .advantage = signal.advantage}, settings);
  std::cout << signal.advantage[0] << ' ' << signal.advantage[1] << ' ' << signal.advantage[2] << '\n'
            << loss.loss[0] << ' ' << loss.clip_fraction[0] << ' ' << loss.grad_logprob[1] << '\n';
}
```
prints
```text
0.707106 -0.707106 0
-0.0247487 0.125 -0.0883882
```

Operations stand with the options that are not at their defaults. "clipped, 0.8 to 1.2" is PPO's rule; a "score" is
$-A \log\pi$, with the weight that is named. How prompts are drawn and the optimiser are no part of a recipe. What a
recipe reads beyond rewards, groups and log-probabilities stands in the last column; `recipe.needs` says it to a
program.

)";
  for (const auto which : {recipes::kind::advantage, recipes::kind::objective, recipes::kind::length,
                           recipes::kind::reward, recipes::kind::process}) {
    std::string heading = enumerators(which)[static_cast<std::size_t>(which)];
    heading[0] = static_cast<char>(heading[0] - 'a' + 'A');
    out << "## " << heading
        << "\n| recipe | | shaping | advantage | ratio | rule | weight | KL | aggregation | source | reads |\n"
        << "|---|---|---|---|---|---|---|---|---|---|---|\n";
    recipes::for_each_recipe([&](const auto& recipe) {
      const recipes::description d = describe(recipe);
      if (d.kind != which) return;
      out << "| `" << d.name << "` | " << d.title << " | " << d.shaping << " | " << d.advantage << " | "
          << d.objective.ratio << " | " << d.objective.rule << " | " << d.objective.weight << " | " << d.objective.kl
          << " | `" << d.objective.aggregation << "` | " << link(d.source) << " | " << names(d.needs) << " |\n";
    });
    out << '\n';
  }
  return out.str();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc == 3 ? argv[1] : "";
  if (mode == "--write") {
    std::ofstream file(argv[2]);
    file << page();
    return file.good() ? 0 : 1;
  }
  if (mode == "--check") {
    std::ostringstream there;
    there << std::ifstream(argv[2]).rdbuf();
    if (there.str() == page()) return 0;
    std::cerr << argv[2] << " is not what the headers say: build the target `reference`.\n";
    return 1;
  }
  std::cerr << "usage: guerdon_recipes --write FILE | --check FILE\n";
  return 2;
}
