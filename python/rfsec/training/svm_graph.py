# SPDX-License-Identifier: GPL-3.0-or-later
"""A fitted support vector machine as matrix products: half the size of ONNX's own operator for it, which cannot hold float16."""

from itertools import combinations

import numpy as np
import onnx
from onnx import helper
from sklearn.svm import SVC

from .feature_graph import feature_graph


def svm_graph(svm: SVC, features: int) -> onnx.ModelProto:
    """Return the graph of a fitted SVC with a radial kernel.

    It takes float32 ``features`` [batch, features] and gives ``scores`` [batch, labels] as ``SVC.decision_function`` does for three
    labels or more: the votes of one label against one, and the sum of what was decided by, squeezed to a third of a vote.
    """
    labels = len(svm.classes_)
    sign = -1 if labels == 2 else 1  # of two labels scikit-learn decides for the second one
    pairs = list(combinations(range(labels), 2))
    # Row c * (labels - 1) + k of what is gathered: coefficients k of the support vectors of label c.
    own = [one * (labels - 1) + other - 1 for one, other in pairs]
    others = [other * (labels - 1) + one for one, other in pairs]
    sides = np.zeros((len(pairs), labels), np.float32)
    for row, (one, other) in enumerate(pairs):
        sides[row, one], sides[row, other] = 1, -1
    ends = np.cumsum(svm.n_support_)[:-1]
    parts = [f"kernel_{label}" for label in range(labels)]
    sums = [f"sums_{label}" for label in range(labels)]
    vectors = svm.support_vectors_.astype(np.float32)
    constants = {
        "vectors": np.ascontiguousarray(vectors.T),
        "vectors_squared": np.sum(svm.support_vectors_**2, axis=1).astype(np.float32),
        **{f"coefficients_{label}": np.ascontiguousarray(part.T, np.float32)
           for label, part in enumerate(np.split(sign * svm.dual_coef_, ends, axis=1))},
        "counts": svm.n_support_.astype(np.int64),
        "own": np.array(own),
        "others": np.array(others),
        "intercept": (sign * svm.intercept_).astype(np.float32),
        "sides": sides,
        "axis": np.array([1]),
        "minus_two": np.float32(-2),
        "minus_gamma": np.float32(-svm._gamma),
        "zero": np.float32(0),
        "half": np.float32(0.5),
        "minus_half": np.float32(-0.5),
        "half_of_votes": np.float32((labels - 1) / 2),
        "one": np.float32(1),
        "three": np.float32(3),
    }
    nodes = [
        ("Mul", ["features", "features"], ["squares"]),
        ("ReduceSum", ["squares", "axis"], ["squared"]),
        ("MatMul", ["features", "vectors"], ["products"]),
        ("Mul", ["products", "minus_two"], ["mixed"]),
        ("Add", ["squared", "vectors_squared"], ["both"]),
        ("Add", ["both", "mixed"], ["distances"]),
        ("Max", ["distances", "zero"], ["not_below_zero"]),
        ("Mul", ["not_below_zero", "minus_gamma"], ["exponents"]),
        ("Exp", ["exponents"], ["kernel"]),
        ("Split", ["kernel", "counts"], parts),
        *(("MatMul", [part, f"coefficients_{label}"], [sums[label]]) for label, part in enumerate(parts)),
        ("Concat", sums, ["all_sums"]),
        ("Gather", ["all_sums", "own"], ["for_one"]),
        ("Gather", ["all_sums", "others"], ["for_other"]),
        ("Add", ["for_one", "for_other"], ["without_intercept"]),
        ("Add", ["without_intercept", "intercept"], ["decided_by"]),
        ("Less", ["decided_by", "zero"], ["against"]),
        ("Where", ["against", "minus_half", "half"], ["half_votes"]),
        ("MatMul", ["half_votes", "sides"], ["balance"]),
        ("Add", ["balance", "half_of_votes"], ["votes"]),
        ("MatMul", ["decided_by", "sides"], ["confidence"]),
        ("Abs", ["confidence"], ["size"]),
        ("Add", ["size", "one"], ["size_and_one"]),
        ("Mul", ["size_and_one", "three"], ["scale"]),
        ("Div", ["confidence", "scale"], ["part_of_a_vote"]),
        ("Add", ["votes", "part_of_a_vote"], ["scores"]),
    ]
    axis = {"Split": {"axis": 1}, "Concat": {"axis": 1}, "Gather": {"axis": 1}}
    made = [helper.make_node(kind, inputs, outputs, **axis.get(kind, {})) for kind, inputs, outputs in nodes]
    return feature_graph("svm", made, constants, features, "scores", labels)
