"""How the comparisons of one process measure."""
import time

RUNS = 15


def best_times(*functions):
    """Least processor times over RUNS turns, the functions interleaved: others at work on the machine do not count."""
    times = [[] for _ in functions]
    for _ in range(RUNS):
        for f, t in zip(functions, times):
            start = time.process_time()
            f()
            t.append(time.process_time() - start)
    return [min(t) for t in times]
