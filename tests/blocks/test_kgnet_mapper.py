# SPDX-License-Identifier: GPL-3.0-or-later
"""The block gives what the session gives, however the stream is cut; tags pass; what does not fit raises when it is made."""

import numpy as np
import pmt
import pytest
from flowgraphs import ArraySink, ChunkedSource, run
from gnuradio import gr, rfsec
from gnuradio.rfsec.inference.mapper_session import MapperSession
from gnuradio.rfsec.keygen.features import from_features
from small_mapper import write_conjugating_mapper

CARRIERS = 52


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_conjugating_mapper(tmp_path_factory.mktemp("models") / "one.onnx", CARRIERS)


@pytest.mark.parametrize("end", ["alice", "bob"])
@pytest.mark.parametrize("sizes", [(1,), (7, 1, 30), (4096,)])
def test_features_are_those_of_the_session_at_any_cut(model, end, sizes):
    measured = np.random.default_rng(1).normal(size=(300, 2 * CARRIERS)).astype(np.float32)
    measured[4], measured[5, 3], measured[6] = np.nan, np.inf, 0
    block, top = rfsec.kgnet_mapper(str(model), CARRIERS, end), gr.top_block()
    source, sink = ChunkedSource(measured, sizes, [(17, "probe", pmt.from_uint64(99))]), ArraySink(block)
    top.connect(source, block, sink)
    run(top)
    expected = getattr(MapperSession(model), end)(from_features(measured))
    np.testing.assert_allclose(sink.items(), expected, atol=1e-6)
    assert np.isfinite(np.delete(sink.items(), (4, 5, 6), axis=0)).all()
    assert sink.tags() == [(17, "probe", 99)]


def test_what_does_not_fit_raises_when_the_block_is_made(model):
    for wrong, name in (({"end": "eve"}, "end"), ({"carriers": 1}, "carriers"), ({"carriers": 4097}, "carriers"), ({"carriers": 52.0}, "carriers")):
        with pytest.raises(rfsec.ParameterError, match=f"'{name}'.* must be .* Got .* instead"):
            rfsec.kgnet_mapper(**{"model": str(model), "carriers": CARRIERS} | wrong)
    with pytest.raises(rfsec.ModelError, match="takes responses on 52 carriers. Got carriers=64 instead"):
        rfsec.kgnet_mapper(str(model), 64)
    with pytest.raises(rfsec.ModelError, match="nowhere: neither the file of a model"):
        rfsec.kgnet_mapper("nowhere", CARRIERS)
