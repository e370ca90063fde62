# SPDX-License-Identifier: GPL-3.0-or-later
"""The batching of a stream: every window has one fate, in order, at any sizes of what comes."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.inference.session import ModelSession
from gnuradio.rfsec.inference.stream_classifier import StreamClassifier
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_models import write_slow_model
from small_model import write_small_model

LENGTH, BATCH = 32, 8


@pytest.fixture(scope="module", params=["small", "slow"])
def session(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.onnx"
    return ModelSession(write_small_model(path, LENGTH) if request.param == "small" else write_slow_model(path, LENGTH))


@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(0, 40), max_size=25), on_overload=st.sampled_from(["wait", "skip"]), collect=st.integers(1, 4))
def test_every_window_has_one_fate_in_its_place(session, sizes, on_overload, collect):
    classifier = StreamClassifier(session, length=LENGTH, batch=BATCH, on_overload=on_overload, represent=lambda windows: windows)
    windows = np.random.default_rng(1).normal(size=(sum(sizes), 2, LENGTH)).astype(np.float32)
    decided, position = [], 0
    for number, size in enumerate(sizes):
        end = position + size
        while position < end:
            taken = classifier.accept(windows[position:end])
            assert taken == end - position or on_overload == "wait"
            position += taken
            if number % collect == 0 or not taken:
                decided += classifier.results()
            if not taken:
                classifier.wait()
    while classifier.pending:
        decided += classifier.results()
        classifier.wait()
        classifier.accept(windows[:0])
    classifier.close()
    assert [run.first for run in decided] == [sum(run.count for run in decided[:index]) for index in range(len(decided))]
    assert sum(run.count for run in decided) == len(windows)
    skipped = np.concatenate([np.full(run.count, run.probabilities is None) for run in decided] or [np.empty(0, bool)])
    assert not skipped[-BATCH:].any() and (on_overload == "skip" or not skipped.any())
    expected = session.run(windows)[0] if len(windows) else None
    for run in decided:
        if run.probabilities is not None:
            np.testing.assert_allclose(run.probabilities[0], expected[run.first:run.first + run.count], atol=1e-5)
            assert run.valid.all()


@pytest.mark.parametrize("options, message", [({"batch": 0}, "'batch' of a classifier must be at least 1. Got 0"),
                                              ({"on_overload": "drop"}, "must be one of wait, skip. Got 'drop'")])
def test_bad_parameters_are_refused(session, options, message):
    with pytest.raises(ParameterError, match=message):
        StreamClassifier(session, **{"length": LENGTH, "batch": BATCH, "on_overload": "wait", "represent": np.copy, **options})
