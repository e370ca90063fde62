# SPDX-License-Identifier: GPL-3.0-or-later
"""The families of generated data: one interface, and what the varied shapes change and keep."""

import numpy as np
import pytest

from gnuradio.rfsec.datasets import rml2016a
from gnuradio.rfsec.datasets.families import DATASETS, Shape, find_family
from gnuradio.rfsec.datasets.seeding import Purpose
from gnuradio.rfsec.errors import ParameterError

MODES = ("compat", "corrected")
FOUND = [find_family(dataset, mode) for dataset in DATASETS for mode in MODES]
FAMILIES = list({family.name: family for family in FOUND}.values())


def test_names_and_shapes():
    assert [family.name for family in FAMILIES] == [
        "rml2016a compat", "rml2016a corrected", "rml2016a-varied compat", "rml2016a-varied corrected", "sig2019-12",
        "field",
    ]  # fmt: skip
    assert FAMILIES[0].shapes == (Shape(8, 128),) and FAMILIES[4].shapes == (Shape(8, 512),)
    assert set(FAMILIES[2].shapes) == {Shape(sps, window) for sps in (4, 8) for window in (64, 128, 256, 512)}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_order_types_and_seeds_of_every_shape(family):
    seen = set()
    for shape in family.shapes:
        first = family.generate(shape, (0, 10), 2, 1)
        assert first.x.shape == (len(family.labels) * 4, shape.window) and first.x.dtype == np.complex64
        np.testing.assert_array_equal(first.label, np.repeat(np.arange(len(family.labels)), 4))
        np.testing.assert_array_equal(first.snr_db, np.tile([0, 0, 10, 10], len(family.labels)))
        assert first.sha256() == family.generate(shape, (0, 10), 2, 1).sha256()
        others = [family.generate(shape, (0, 10), 2, 2), family.generate(shape, (0, 10), 2, 1, Purpose.TRAINING),
                  family.generate(shape, (0, 10), 2, 1, index=1)]  # fmt: skip
        # Neither another seed, nor another purpose or chunk, nor another shape of the same seed shares a sample.
        samples = [set(windows.x[:, 0].tolist()) for windows in (first, *others)]
        assert len(seen.union(*samples)) == len(seen) + sum(map(len, samples))
        seen.update(*samples)


def test_shapes_of_one_seed_share_no_noise():
    """Two sets with one pool of 8,192 samples of noise would share about 20 of 400 windows' beginnings."""
    family, beginnings = find_family("rml2016a-varied"), []
    for shape in (Shape(4, 64), Shape(8, 64), Shape(8, 128)):
        data = family.generate(shape, (0,), 400, 3)
        noise = data.x[data.label == family.labels.index("AM-SSB")]
        beginnings.append({tuple(np.round(row[1:4] / row[0], 3)) for row in noise})
    assert len(set.union(*beginnings)) == sum(map(len, beginnings))


@pytest.mark.parametrize("mode", ["compat", "corrected"])
def test_the_published_shape_is_the_published_set(mode):
    varied, plain = find_family("rml2016a-varied", mode), find_family("rml2016a", mode)
    digests = {family.generate(Shape(8, 128), (0, 18), 2, 5).sha256() for family in (varied, plain)}
    assert digests == {rml2016a.generate(mode, (0, 18), 2, 5).sha256()}


# Model cards hold the hash of their first training windows: those bytes must stay (to within a CPU's rounding).
FIRST_SAMPLES = {
    "compat": [
        0.00894789-0.00316055j, -0.00760953+0.00168389j, 0.00512506+0.000705269j, -0.000856768+0.0116133j,
        0.00606593-0.00552164j, -0.00604712-0.00460984j, -0.0010482-0.00134288j, -0.00526536-0.00366982j,
        -0.00344555+0.000245227j, 0.0031006+0.00148362j, 0.00672674+0.0039584j,
    ],
    "corrected": [
        -0.624931+1.12929j, -1.15621+0.389585j, -1.05887-0.164309j, -0.0313654+0.0906329j,
        -0.609195+0.786366j, 0.502036-0.886725j, -0.0112739+0.764487j, -0.802697-1.00738j,
        -0.295463-0.538173j, 0.808517+0.308798j, 1.03732-0.0454496j,
    ],
}


@pytest.mark.parametrize("mode", FIRST_SAMPLES)
def test_the_bytes_that_shipped_models_were_trained_on_stay(mode):
    windows = find_family("rml2016a", mode).generate(Shape(8, 128), (18,), 1, 1, Purpose.TRAINING)
    np.testing.assert_allclose(windows.x[:, 64], FIRST_SAMPLES[mode], rtol=0, atol=1e-5 * np.abs(windows.x).max())


@pytest.mark.parametrize(("sps", "share"), [(4, 0.5), (8, 1.0)])
def test_faster_symbols_take_more_bandwidth(sps, share):
    family = find_family("rml2016a-varied", "corrected")
    for window in (128, 512):
        data = family.generate(Shape(sps, window), (100,), 300, 7)
        for label in ("QPSK", "PAM4"):
            windows = data.x[data.label == family.labels.index(label)]
            power = np.mean(np.abs(np.fft.fft(windows * np.hanning(window))) ** 2, axis=0)
            frequency = np.abs(np.fft.fftfreq(window))
            assert power[frequency <= 1.35 / 2 / sps + 2 / window].sum() / power.sum() > 0.99
            assert power[frequency <= 1.35 / 4 / sps].sum() / power.sum() < 0.9


@pytest.mark.parametrize("shape", find_family("rml2016a-varied").shapes, ids=str)
def test_the_published_faults_are_in_every_shape(shape):
    family = find_family("rml2016a-varied", "compat")
    data = family.generate(shape, (-20, 18), 40, 3)
    np.testing.assert_allclose(np.abs(data.x).sum(axis=1), 1, atol=1e-5)
    noise = data.x[data.label == family.labels.index("AM-SSB")]
    power = np.mean(np.abs(np.fft.fft(noise)) ** 2, axis=0)
    assert power.max() / power.mean() < 2.5  # white: nothing was sent


@pytest.mark.parametrize("shape", find_family("rml2016a-varied").shapes, ids=str)
def test_corrected_snr_is_true_in_every_shape(shape):
    family = find_family("rml2016a-varied", "corrected")
    strong, weak = (family.generate(shape, (snr,), 40, 5).x for snr in (200, 6))
    assert np.mean(np.abs(strong) ** 2, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert 10 * np.log10(1 / np.mean(np.abs(weak - strong) ** 2)) == pytest.approx(6.0, abs=0.15)


def test_bad_arguments():
    with pytest.raises(ParameterError, match="'dataset' must be one of rml2016a, .*Got 'rml2018' instead"):
        find_family("rml2018")
    with pytest.raises(ParameterError, match="'mode' of rml2016a-varied must be 'compat' or 'corrected'. Got 'plain'"):
        find_family("rml2016a-varied", "plain")
    with pytest.raises(ParameterError, match="'shape' of sig2019-12 must be one of 8sps-512. Got 4sps-64 instead"):
        FAMILIES[4].generate(Shape(4, 64), (0,), 1, 1)
    for family in FAMILIES:
        with pytest.raises(ParameterError, match="at least 1 window per cell"):
            family.generate(family.shapes[0], (0,), 0, 1)
