"""Every known answer of every operation that the module has, through NumPy in double and in float; what must be refused
is a ValueError that names the argument."""
import sys

import numpy as np

import known_answers
from guerdon import _guerdon


def flat(x):
    """The elements of a result, parts of rows end to end."""
    if isinstance(x, str) or np.isscalar(x):
        return [x]
    if isinstance(x, np.ndarray):
        return x.reshape(-1).tolist()
    return [e for part in x for e in flat(part)]


def same(got, want, atol, rtol):
    if isinstance(got, str) or isinstance(want, str):
        return got == want
    return bool(np.isclose(float(got), float(want), atol=atol, rtol=rtol, equal_nan=True))


def problem(case, operation, real, floor):
    """What is wrong with the answer to a case; None where nothing is."""
    try:
        got = getattr(_guerdon, operation["name"])(**{**case.options, **case.arguments(operation, real)})
    except ValueError as refusal:
        if case.error is None:
            return f"refused: {refusal}"
        written = operation["written"].get(case.error, case.error)  # as the code calls it
        return None if case.error in str(refusal) or written in str(refusal) else f"the sentence is: {refusal}"
    if case.error is not None:
        return f"a result, where {case.error} is wrong"
    names = [name for name, _ in operation["outputs"]]
    results = dict(zip(names, got if len(names) > 1 else [got]))
    for name, want in case.expected.items():
        if name not in results:
            if name.endswith("offsets"):  # of a list, which comes in parts
                continue
            return f"there is no result {name}"
        have = flat(results[name])
        if len(have) != len(want.data):
            return f"{name} has {len(have)} elements, {len(want.data)} are right"
        for i, (g, w) in enumerate(zip(have, want.data)):
            if not same(g, w, max(case.atol, floor), max(case.rtol, floor)):
                return f"{name}[{i}] is {g}, {w} is right"
    return None


failed = passed = 0
folder = known_answers.folder_of_cases()
for name in known_answers.names():
    operation = _guerdon._describe(name)
    for case in known_answers.cases(folder, name):
        for real, floor in ((np.float64, 1e-12), (np.float32, operation["tolerance"])):
            wrong = problem(case, operation, real, floor)
            if wrong is None:
                passed += 1
            else:
                failed += 1
                print(f"{case.name} ({real.__name__}): {wrong}", file=sys.stderr)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
