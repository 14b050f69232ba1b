// Figures of the guide on reward programs: two rewards in the plane, as contours.

#include <guerdon/backend/scalar.hpp>
#include <guerdon/program/compose.hpp>

#include <cstdio>
#include <vector>

using namespace guerdon::terms;

namespace {

constexpr int side = 81;

/// `program` over the unit square, as blocks of lines for splot.
template <class Program>
void print_grid(const char* name, const std::vector<double>& place, const Program& program) {
  std::vector<double> reward(place.size() / 2);
  guerdon::run_program<double>(guerdon::scalar_backend{}, program, reward);
  std::printf("$%s << END\n", name);
  for (std::size_t i = 0; i < reward.size(); ++i)
    std::printf("%g %g %g\n%s", place[2 * i], place[2 * i + 1], reward[i], (i + 1) % side == 0 ? "\n" : "");
  std::printf("END\n");
}

}  // namespace

int main() {
  const double goal[] = {0.75, 0.3}, gap[] = {0.5, 0.95};
  std::vector<double> place, goals, gaps;
  std::vector<guerdon::flag_t> past;
  for (int row = 0; row < side; ++row)
    for (int col = 0; col < side; ++col) {
      const double x = double(col) / (side - 1), y = double(row) / (side - 1);
      place.push_back(x), place.push_back(y);
      goals.insert(goals.end(), goal, goal + 2), gaps.insert(gaps.end(), gap, gap + 2);
      past.push_back(x >= 0.5);
    }
  using numbers = guerdon::view<const double>;
  const auto to_goal = reaching(between(numbers(place), numbers(goals), 2), 2);
  const auto to_gap = reaching(between(numbers(place), numbers(gaps), 2), 2);
  const auto behind = is_set(guerdon::view<const guerdon::flag_t>(past));
  print_grid("plain", place, to_goal);
  print_grid("staged", place, when(!behind, to_gap) + when(behind, 1 + to_goal));
  std::printf(
      "reset\nset terminal svg size 720,380 font 'sans-serif,13' background '#ffffff'\n"
      "set output 'reward-programs_landscape.svg'\nset multiplot layout 1,2\nunset key\nset view map\nunset surface\n"
      "set contour base\nset border 31 lc '#6d675f'\nset tics nomirror textcolor '#6d675f'\nset size square\n"
      "set xrange [0:1]\nset yrange [0:1]\nset xtics 0.25\nset ytics 0.25\n"
      "set palette defined (0 '#c9d8e0', 0.5 '#1f5f72', 1 '#96521a')\nunset colorbox\n"
      "set arrow 1 from 0.5,0 to 0.5,0.9 nohead front lw 5 lc '#23211f'\n"
      "set label 1 'goal' at 0.75,0.3 center front textcolor '#23211f'\n"
      "set label 2 'gap' at 0.52,0.95 left front textcolor '#23211f'\n");
  std::printf(
      "set cntrparam levels 12\nset title 'distance to the goal' textcolor '#23211f'\n"
      "splot $plain with lines lw 1.6 lc palette\n");
  std::printf(
      "set cntrparam levels 18\nset title 'gap first, then goal' textcolor '#23211f'\n"
      "splot $staged with lines lw 1.6 lc palette\nunset multiplot\n");
}
