# SPDX-License-Identifier: GPL-3.0-or-later
"""A fitted random forest as one operator that finds the leaves, and a table of what each has seen: a third of the size of a converted one."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.ensemble import RandomForestClassifier

from .feature_graph import feature_graph

_AT_MOST, _SUM = 0, 1  # ONNX-ML's numbers of a split that lets features up to its threshold go left, and of an aggregate


def forest_graph(forest: RandomForestClassifier, features: int) -> onnx.ModelProto:
    """Return the graph of a fitted forest whose trees all have a split.

    It takes float32 ``features`` [batch, features] and gives ``probabilities`` [batch, labels] as
    ``RandomForestClassifier.predict_proba`` does: the mean over the trees of the shares that labels have of a leaf.
    Of each tree the operator TreeEnsemble (ONNX-ML 5) gives the leaf's row in the table, a whole number that a float32 holds.
    """
    trees = [tree.tree_ for tree in forest.estimators_]

    def every(field: str) -> np.ndarray:
        return np.concatenate([getattr(tree, field) for tree in trees])

    inner = every("feature") >= 0
    number = np.where(inner, np.cumsum(inner), np.cumsum(~inner)) - 1  # of a split among the splits, of a leaf among the leaves
    sizes = [tree.node_count for tree in trees]
    roots = np.cumsum(sizes) - sizes
    left, right = ((every(side) + np.repeat(roots, sizes))[inner] for side in ("children_left", "children_right"))
    counts = np.concatenate([_counts(tree) for tree in trees])[~inner]
    constants = {"counts": counts.astype(np.min_scalar_type(int(counts.max()))), "labels": np.array([1])}
    nodes = [
        helper.make_node(
            "TreeEnsemble",
            ["features"],
            ["leaves"],
            domain="ai.onnx.ml",
            n_targets=len(trees),
            aggregate_function=_SUM,
            tree_roots=number[roots],
            nodes_featureids=every("feature")[inner],
            nodes_splits=_tensor(_not_above(every("threshold")[inner])),
            nodes_modes=_tensor(np.full(inner.sum(), _AT_MOST, np.uint8)),
            nodes_truenodeids=number[left],
            nodes_trueleafs=(~inner[left]).astype(int),
            nodes_falsenodeids=number[right],
            nodes_falseleafs=(~inner[right]).astype(int),
            leaf_targetids=np.repeat(np.arange(len(trees)), [tree.n_leaves for tree in trees]),
            leaf_weights=_tensor(np.arange(len(counts), dtype=np.float32)),
        ),
        helper.make_node("Cast", ["leaves"], ["rows"], to=TensorProto.INT32),
        helper.make_node("Cast", ["counts"], ["seen"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["seen", "labels"], ["seen_in_all"]),
        helper.make_node("Div", ["seen", "seen_in_all"], ["shares"]),
        helper.make_node("Gather", ["shares", "rows"], ["of_trees"]),
        helper.make_node("ReduceMean", ["of_trees"], ["probabilities"], axes=[1], keepdims=0),
    ]
    return feature_graph("forest", nodes, constants, features, "probabilities", len(forest.classes_), ml=5)


def _counts(tree) -> np.ndarray:
    """Return how many training windows of each label reached each node, int [nodes, labels]."""
    values = tree.value[:, 0]
    return np.rint(values / values.sum(axis=1, keepdims=True) * tree.weighted_n_node_samples[:, None]).astype(np.int64)


def _not_above(thresholds: np.ndarray) -> np.ndarray:
    """Return the largest float32 numbers that are not above float64 `thresholds`: the same float32 features are at most either."""
    near = thresholds.astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)


def _tensor(values: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(values, "")
