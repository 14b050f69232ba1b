#!/usr/bin/env python3
"""guerdon's returns and control losses beside rlax's functions, in one process, in turn, on one thread.

    pip install jax rlax numpy
    python3 bench/peers/returns.py build/bench/lib/libguerdon_returns_peer.so

rlax's functions take one sequence, or one sample: they are batched by jax.vmap and compiled by jax.jit, for the CPU.
Values are compared before anything is timed; a function that differs by more than the tolerance ends the program.
"""
import ctypes
import os
import sys

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core, whatever threads there are

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import rlax  # noqa: E402
from rlax._src import multistep  # noqa: E402  (it exports all but one of the functions)
from timing import RUNS, best_times  # noqa: E402

TOLERANCE = 2e-5  # relative to the largest value of what is compared; both sides compute in float32
STEPS, COLUMNS, ACTIONS, LAMBDA = 256, 1024, 4, 0.95
ATOMS, SAMPLES = 51, 4096


def pointer(x):
    return x.ctypes.data_as(ctypes.c_void_p)


class Peers:
    def __init__(self, library):
        self.library, self.largest, self.rows = library, 0.0, []

    def compare(self, name, elements, ours, outputs, theirs, arguments):
        """`ours` fills the arrays `outputs`; `theirs` returns the same of jax arrays."""
        compiled = jax.jit(theirs)
        arguments = [jnp.asarray(a) for a in arguments]

        def peer():
            return jax.block_until_ready(compiled(*arguments))

        ours()
        found = peer()
        for mine, other in zip(outputs, found if isinstance(found, (tuple, list)) else [found]):
            other = np.asarray(other, dtype=np.float64)
            difference = np.abs(mine.reshape(other.shape) - other).max() / np.abs(other).max()
            self.largest = max(self.largest, difference)
            if not difference <= TOLERANCE:
                sys.exit(f"{name}: differs by {difference:.2e} of its largest value")
        self.rows.append((name, elements, *best_times(ours, peer)))


def sequences(p):
    rng = np.random.default_rng(0)
    normal = lambda *shape: rng.standard_normal(shape).astype(np.float32)
    n = STEPS * COLUMNS
    reward, value_next, values = normal(STEPS, COLUMNS), normal(STEPS, COLUMNS), normal(STEPS + 1, COLUMNS)
    value = values[:-1].copy()
    discount = np.where(rng.random((STEPS, COLUMNS)) < 0.02, 0, 0.99).astype(np.float32)
    rho = np.exp(0.5 * normal(STEPS, COLUMNS)).astype(np.float32)
    q, q_next = normal(STEPS, COLUMNS, ACTIONS), normal(STEPS, COLUMNS, ACTIONS)
    policy = np.exp(normal(STEPS, COLUMNS, ACTIONS))
    policy = (policy / policy.sum(-1, keepdims=True)).astype(np.float32)
    behaviour = (0.1 + 0.9 * rng.random((STEPS, COLUMNS))).astype(np.float32)
    action, action_next = [rng.integers(0, ACTIONS, (STEPS, COLUMNS)) for _ in range(2)]
    trace = rng.random((STEPS - 1, COLUMNS)).astype(np.float32)
    a, b, c, d = [np.empty((STEPS, COLUMNS), np.float32) for _ in range(4)]
    size, decay = [ctypes.c_int64(STEPS), ctypes.c_int64(COLUMNS)], ctypes.c_double(LAMBDA)
    library = p.library
    over = lambda f: jax.vmap(f, 1, 1)  # columns

    p.compare("gae", n, lambda: library.guerdon_gae(*size, *map(pointer, (reward, discount, values)), decay, pointer(a),
                                                    pointer(b)),
              [a], over(lambda r, g, v: rlax.truncated_generalized_advantage_estimation(r, g, LAMBDA, v)),
              [reward, discount, values])
    p.compare("lambda_returns", n,
              lambda: library.guerdon_lambda_returns(*size, *map(pointer, (reward, discount, value_next)), decay,
                                                     pointer(a)),
              [a], over(lambda r, g, v: rlax.lambda_returns(r, g, v, LAMBDA)), [reward, discount, value_next])
    p.compare("n_step_returns, n = 5", n,
              lambda: library.guerdon_n_step_returns(*size, *map(pointer, (reward, discount, value_next)),
                                                     ctypes.c_int64(5), pointer(a)),
              [a], over(lambda r, g, v: rlax.n_step_bootstrapped_returns(r, g, v, 5)), [reward, discount, value_next])

    def rlax_vtrace(v, v_next, r, g, ratio):
        y = rlax.vtrace_td_error_and_advantage(v, v_next, r, g, ratio, LAMBDA)
        return y.errors, y.pg_advantage, y.q_estimate

    p.compare("vtrace", n,
              lambda: library.guerdon_vtrace(*size, *map(pointer, (value, value_next, reward, discount, rho)), decay,
                                             *map(pointer, (a, b, c, d))),
              [a, b, c], over(rlax_vtrace), [value, value_next, reward, discount, rho])
    p.compare("importance_corrected_td_errors", n,
              lambda: library.guerdon_importance_corrected_td_errors(
                  *size, *map(pointer, (reward, discount, rho, values)), decay, pointer(a)),
              [a], over(lambda r, g, ratio, v: multistep.importance_corrected_td_errors(
                  r, g, ratio, jnp.full_like(r, LAMBDA), v)), [reward, discount, rho, values])
    taken = value[1:].copy()
    p.compare("off_policy_returns", n,
              lambda: library.guerdon_off_policy_returns(
                  *size, *map(pointer, (reward, discount, value_next, taken, trace)), pointer(a)),
              [a], lambda r, g, v, q_t, c_t: jax.vmap(rlax.general_off_policy_returns_from_q_and_v, 1, 1)(
                  q_t, v, r, g, c_t), [reward, discount, value_next, taken, trace])
    rows = ctypes.c_int64(ACTIONS)
    p.compare("retrace, 4 actions", n,
              lambda: library.guerdon_retrace(*size, rows, *map(pointer, (reward, discount, q, q_next, action,
                                                                          action_next, policy, behaviour)), decay,
                                              pointer(a), pointer(b)),
              [b], over(lambda r, g, x, y, i, j, pi, mu: rlax.retrace(x, y, i, j, r, g, pi, mu, LAMBDA)),
              [reward, discount, q, q_next, action, action_next, policy, behaviour])
    p.compare("q_lambda of Peng, 4 actions", n,
              lambda: library.guerdon_q_lambda(*size, rows, *map(pointer, (reward, discount, q, q_next, action)), decay,
                                               pointer(a), pointer(b)),
              [b], over(lambda r, g, x, y, i: rlax.q_lambda(x, i, r, g, y, LAMBDA)),
              [reward, discount, q, q_next, action])

    flat = lambda x: x.reshape(n, *x.shape[2:])
    kinds = {"q_learning": 0, "expected_sarsa": 3, "double_q": 4}
    of_rlax = {
        "q_learning": lambda x, i, r, g, y, s, pi: rlax.q_learning(x, i, r, g, y),
        "expected_sarsa": lambda x, i, r, g, y, s, pi: rlax.expected_sarsa(x, i, r, g, y, pi),
        "double_q": lambda x, i, r, g, y, s, pi: rlax.double_q_learning(x, i, r, g, y, s),
    }
    prediction = np.take_along_axis(q, action[..., None], -1)[..., 0].copy()
    for kind, number in kinds.items():
        p.compare(f"td_target, {kind}, 4 actions", n,
                  lambda: library.guerdon_td_target(number, ctypes.c_int64(n), rows,
                                                    *map(pointer, (reward, discount, q_next, q, policy, prediction)),
                                                    *map(pointer, (a, b, c))),
                  [c], jax.vmap(of_rlax[kind]), [flat(x) for x in (q, action, reward, discount, q_next, q, policy)])


def distributions(p):
    rng = np.random.default_rng(1)
    probs = rng.random((SAMPLES, ATOMS)).astype(np.float32)
    probs /= probs.sum(1, keepdims=True)
    atoms = np.linspace(-10, 10, ATOMS, dtype=np.float32)
    moved = (rng.standard_normal((SAMPLES, 1)) + 0.99 * atoms).astype(np.float32)
    projected = np.empty_like(probs)
    p.compare(f"categorical_project, {ATOMS} atoms", SAMPLES * ATOMS,
              lambda: p.library.guerdon_categorical_project(ctypes.c_int64(SAMPLES), ctypes.c_int64(ATOMS),
                                                            *map(pointer, (probs, moved, atoms, projected))),
              [projected], jax.vmap(rlax.categorical_l2_project, (0, 0, None)), [moved, probs, atoms])
    own, target = [rng.standard_normal((SAMPLES, ATOMS)).astype(np.float32) for _ in range(2)]
    tau = np.sort(rng.random((SAMPLES, ATOMS)), 1).astype(np.float32)
    loss, grad = np.empty(SAMPLES, np.float32), np.empty_like(own)
    one = lambda x, t, y: rlax.quantile_regression_loss(x, t, y, 1.0)
    p.compare(f"quantile_regression_loss and gradient, {ATOMS} quantiles", SAMPLES * ATOMS,
              lambda: p.library.guerdon_quantile_regression_loss(
                  ctypes.c_int64(SAMPLES), ctypes.c_int64(ATOMS), *map(pointer, (own, tau, target)),
                  ctypes.c_double(1.0), pointer(loss), pointer(grad)),
              [loss, grad], jax.vmap(jax.value_and_grad(one)), [own, tau, target])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    p = Peers(ctypes.CDLL(sys.argv[1]))
    sequences(p)
    distributions(p)
    print(f"rlax {rlax.__version__}, jax {jax.__version__}, numpy {np.__version__}, float32, one core")
    print(f"Values agree within {p.largest:.1e} of the largest (tolerance {TOLERANCE}).\n")
    print(f"| function, {STEPS} x {COLUMNS} steps, least of {RUNS} | guerdon, ns per element | rlax under jit, "
          "ns per element | times faster |")
    print("|---|---|---|---|")
    for name, n, ours, theirs in p.rows:
        print(f"| `{name}` | {ours / n * 1e9:.2f} | {theirs / n * 1e9:.2f} | {theirs / ours:.1f} |")


if __name__ == "__main__":
    main()
