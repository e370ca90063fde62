# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated room in a flowgraph: the room's channels, the same for any cut, and nothing outside of its ranges."""

import numpy as np
import pytest
from flowgraphs import run
from gnuradio import blocks, gr, rfsec
from gnuradio.rfsec.keygen.features import from_features


def measured(count, most=None, **arguments):
    top, room, sinks = gr.top_block(), rfsec.simulated_room(**arguments), [blocks.vector_sink_f(128) for _ in range(3)]
    if most:
        room.set_max_noutput_items(most)
    heads = [blocks.head(4 * 128, count) for _ in range(3)]
    for port, (head, sink) in enumerate(zip(heads, sinks)):
        top.connect((room, port), head, sink)
    run(top)
    return [np.array(sink.data(), np.float32).reshape(-1, 128) for sink in sinks]


def test_the_cut_of_the_stream_does_not_matter_and_seeds_do():
    whole, cut, other = measured(130), measured(130, most=3), measured(130, seed=2)
    assert all(one.tobytes() == two.tobytes() for one, two in zip(whole, cut)) and len(whole[0]) == 130
    assert not np.array_equal(whole[0], other[0])


def test_an_eve_at_bobs_place_hears_what_he_hears():
    _, bob, eve = measured(40, radio="ideal", snr=60.0, eve_apart=0.0)
    assert np.sum(np.abs(bob - eve) ** 2) < 1e-5 * np.sum(np.abs(bob) ** 2)
    _, bob, eve = measured(40, radio="ideal", snr=60.0, eve_apart=0.3)
    assert np.sum(np.abs(bob - eve) ** 2) > 0.5 * np.sum(np.abs(bob) ** 2)


def test_a_bob_who_stands_still_measures_the_same_again():
    alice, _, _ = measured(32, radio="ideal", snr=60.0, apart=0.0)
    cfr = from_features(alice)
    alike = np.abs(cfr @ cfr[0].conj()) / np.linalg.norm(cfr, axis=1) / np.linalg.norm(cfr[0])
    assert alike.min() > 0.999


@pytest.mark.parametrize("name, value", [("scenario", "attic"), ("radio", "broken"), ("snr", 200), ("apart", -1), ("eve_apart", 9), ("seed", 0)])
def test_wrong_parameters_raise_when_the_block_is_made(name, value):
    with pytest.raises(rfsec.ParameterError, match=f"The '{name}' parameter of Simulated Room must be"):
        rfsec.simulated_room(**{name: value})
