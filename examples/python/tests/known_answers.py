"""The known answers of tests/cases, as calls from Python."""
import argparse
import json
import math
import pathlib

import numpy as np

from guerdon import _guerdon

SKIPPED = 77


def number(x):
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}.get(x, x) if isinstance(x, str) else x


def numeric(x):
    return not isinstance(x, str) or x in ("nan", "inf", "-inf")


class Array:
    """A shape and its elements: numbers, or texts."""

    def __init__(self, x):
        self.shape, data = (x["shape"], x["data"]) if isinstance(x, dict) else ([len(x)], x)
        self.data = [number(e) for e in data] if all(map(numeric, data)) else list(data)

    def as_argument(self, kind, real):
        if kind == "text":
            return [str(x) for x in self.data]
        if kind in ("integer", "segments"):
            if any(isinstance(x, float) and not (math.isfinite(x) and x == int(x)) for x in self.data):
                return self.data  # for the operation to refuse
            return np.array([int(x) for x in self.data], dtype=np.int64).reshape(self.shape)
        if kind == "flag":
            return np.array([x != 0 for x in self.data], dtype=bool).reshape(self.shape)
        return np.array(self.data, dtype=np.float64 if kind == "wide" else real).reshape(self.shape)


class Case:
    def __init__(self, name, index, entry):
        self.name = f"{name} {index}: {entry.get('note', '')}"
        self.inputs = {key: Array(x) for key, x in entry["inputs"].items()}
        self.options = {}
        for key, x in entry.get("params", {}).items():
            if isinstance(x, dict) and len(x["data"]) == 1:
                self.options[key] = number(x["data"][0])
            elif isinstance(x, (dict, list)):
                self.inputs[key] = Array(x)
            elif x is not None:
                self.options[key] = number(x)
        self.error = entry["expected"].get("error")
        self.expected = {key: Array(x) for key, x in entry["expected"].items() if key != "error"}
        self.atol, self.rtol = entry.get("atol", 0), entry.get("rtol", 0)

    def arguments(self, operation, real):
        """Its arguments as arrays of NumPy's, the element type of real numbers being `real`."""
        kinds = {name: kind for name, kind, _ in operation["inputs"]}
        inputs = dict(self.inputs)
        if "row_offsets" in kinds and "token_offsets" not in kinds and "token_offsets" in inputs:
            inputs["row_offsets"] = inputs.pop("token_offsets")
        unknown = [key for key in inputs if key not in kinds]
        if unknown:
            raise KeyError(f"{self.name}: {unknown} are no arguments")
        return {key: x.as_argument(kinds[key], real) for key, x in inputs.items()}


def cases(folder, name):
    entries = json.loads((pathlib.Path(folder) / f"{name}.json").read_text())
    return [Case(name, i, entry) for i, entry in enumerate(entries)]


def names():
    return list(_guerdon._names)


def folder_of_cases():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", default=pathlib.Path(__file__).parents[3] / "tests/cases")
    return parser.parse_args().cases
