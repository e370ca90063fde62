# SPDX-License-Identifier: GPL-3.0-or-later
"""The classical baselines by name: which classifier of scikit-learn, with what settings, on how many windows.

The paper names the classifiers and the number of trees, and no other setting: those are scikit-learn's own of that year. It is
imported when a classifier is made, so that the names can be listed where it is not installed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.base import ClassifierMixin
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC


@dataclass(frozen=True)
class ClassicalRecipe:
    """How a baseline is made.

    Attributes
    ----------
    description : str
        As the model card states it.
    make : callable
        Makes the classifier that is to be fitted, from a seed.
    stored_numbers : callable
        Counts the numbers that a fitted classifier is made of: the card's parameters.
    halves : bool
        Whether the windows that are fitted are rounded to float16: it halves the file of a classifier that keeps them.
    default_windows : int
        Windows to fit where the user names no number: one core needs about two minutes at most, the file less than 12 MB.
    """

    description: str
    make: Callable[[int], ClassifierMixin]
    stored_numbers: Callable[[ClassifierMixin], int]
    default_windows: int
    halves: bool = False


def _make_forest(seed: int) -> RandomForestClassifier:
    from sklearn.ensemble import RandomForestClassifier

    # Without a limit of its leaves the file is 30 times as large, and the forest no better on as many windows; see reproduction/lstm_tables.py.
    return RandomForestClassifier(150, max_leaf_nodes=400, random_state=seed)


def _make_svm(seed: int) -> SVC:
    from sklearn.svm import SVC

    # The width of the kernel is what scikit-learn took by itself until 2019, as the paper's will have been. Ties are broken by the score, as in the graph.
    return SVC(gamma="auto", break_ties=True)


def _make_neighbours(seed: int) -> KNeighborsClassifier:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(5)


def _make_bayes(seed: int) -> GaussianNB:
    from sklearn.naive_bayes import GaussianNB

    return GaussianNB()


def _numbers_of_forest(forest: RandomForestClassifier) -> int:
    """A feature and a threshold each split, a share of each label each leaf."""
    trees = [tree.tree_ for tree in forest.estimators_]
    leaves = sum(tree.n_leaves for tree in trees)
    return int(2 * (sum(tree.node_count for tree in trees) - leaves) + len(forest.classes_) * leaves)


CLASSICAL = {
    "random-forest": ClassicalRecipe(
        "150 decision trees of at most 400 leaves on amplitude and phase.",
        _make_forest,
        _numbers_of_forest,
        49_500,
    ),
    "svm": ClassicalRecipe(
        "Support vector machine with a radial kernel, one label against one, on amplitude and phase.",
        _make_svm,
        lambda svm: svm.support_vectors_.size + svm.dual_coef_.size + svm.intercept_.size,
        8_250,
        halves=True,
    ),
    "knn": ClassicalRecipe(
        "The 5 nearest of the stored windows by Euclidean distance of amplitude and phase.",
        _make_neighbours,
        lambda knn: knn.n_samples_fit_ * (knn.n_features_in_ + 1),
        8_250,
        halves=True,
    ),
    "gaussian-nb": ClassicalRecipe(
        "Gaussian naive Bayes on amplitude and phase: a mean and a variance for each sample under each label.",
        _make_bayes,
        lambda bayes: bayes.theta_.size + bayes.var_.size + bayes.class_prior_.size,
        49_500,
    ),
}
