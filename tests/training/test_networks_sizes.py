# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameter counts: the exact number, and what the papers' tables say of it."""

import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.training.networks.cnn2d import Cnn2d  # noqa: E402
from gnuradio.rfsec.training.networks.dilated_conv import DilatedConv  # noqa: E402
from gnuradio.rfsec.training.networks.lstm import AmplitudePhaseLstm, TaperedLstm  # noqa: E402
from gnuradio.rfsec.training.networks.matrix_baselines import MatrixResNet  # noqa: E402
from gnuradio.rfsec.training.networks.mcldnn import Mcldnn  # noqa: E402
from gnuradio.rfsec.training.networks.resnet1d import ResNet1d  # noqa: E402
from gnuradio.rfsec.training.networks.signet import SigNet  # noqa: E402
from gnuradio.rfsec.training.networks.signet2 import SigNet2  # noqa: E402

# RML2016.10a has 11 labels and 128 samples, Sig2019-12 has 12 labels and 512 samples. The paper's figure is in millions.
EXACT = [
    # SigNet paper, table II.
    (lambda: ResNet1d(11), 100_939, 0.10),
    (lambda: ResNet1d(12, 512), 125_644, 0.13),
    (lambda: Cnn2d(11), 2_707_547, 2.71),
    (lambda: Cnn2d(12, 512), 10_572_124, 10.57),
    (lambda: SigNet(11), 23_527_453, 23.53),
    (lambda: SigNet(12), 23_529_502, 23.53),
    (lambda: MatrixResNet(11, "gaf"), 23_527_435, 23.53),
    (lambda: MatrixResNet(12, "mtf"), 23_529_484, 23.53),
    (lambda: MatrixResNet(12, "constellation"), 23_526_348, 23.53),
    (lambda: SigNet2(11, stages_over_time=1), 23_522_635, 23.52),
    (lambda: SigNet2(12, stages_over_time=1), 23_524_684, 23.52),
    # SigNet paper, table IV.
    (lambda: SigNet(11, 101), 42_519_581, 42.52),
    (lambda: SigNet(12, 101), 42_521_630, 42.52),
    # LSTM paper, table V: 200,075, with one bias vector a gate where PyTorch keeps two.
    (lambda: AmplitudePhaseLstm(11), 200_075 + 2 * 4 * 128, 0.20),
]

# Where the paper's figure is not that of its own description.
ODD = [
    # Table I's LSTM(128), LSTM(64) against table II: 0.2 M is the count of two layers of 128.
    (lambda: TaperedLstm(11), 117_963, 0.2),
    # Xu et al.'s own layers against table II of the SigNet paper, whose table I joins I and Q earlier by 1D convolutions.
    (lambda: Mcldnn(11), 406_199, 0.37),
    (lambda: Mcldnn(12), 406_328, 0.37),
    # Fig. 2's two stages over time against table II, whose count fits the stem alone.
    (lambda: SigNet2(11), 23_450_635, 23.52),
    (lambda: SigNet2(12), 23_452_684, 23.52),
    # A density matrix has one channel; with two it would be table II's 23.53 M.
    (lambda: MatrixResNet(11, "constellation"), 23_524_299, 23.53),
    # Table IV fits stems of kernel 3 and 12 labels throughout; table II's 23.53 M for SigNet fits the stem of kernel 7 only.
    (lambda: SigNet(11, 18), 11_179_037, 11.17),
    (lambda: SigNet(11, 34), 21_287_197, 21.28),
    (lambda: SigNet(11, 50), 23_527_453, 23.52),
]

# LSTM paper, figs. 12 to 14: 1 to 3 layers of 16 to 256 cells.
LSTMS = {
    1: {16: 1_467, 32: 4_971, 64: 18_123, 128: 69_003, 256: 269_067},
    2: {16: 3_643, 32: 13_419, 64: 51_403, 128: 201_099, 256: 795_403},
    3: {16: 5_819, 32: 21_867, 64: 84_683, 128: 333_195, 256: 1_321_739},
}


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.fixture(autouse=True)
def _no_values():
    """Networks on the "meta" device have shapes and no values: nothing to draw, nothing to hold."""
    with torch.device("meta"):
        yield


@pytest.mark.parametrize("make, exact, millions", EXACT)
def test_count_is_the_papers(make, exact, millions):
    assert count(make()) == exact
    assert round(exact / 1e6, 2) == millions


@pytest.mark.parametrize("make, exact, millions", ODD)
def test_count_that_differs_from_the_papers(make, exact, millions):
    assert count(make()) == exact
    assert round(exact / 1e6, 2) != millions


@pytest.mark.parametrize("layers, cells", [(layers, cells) for layers in LSTMS for cells in LSTMS[layers]])
def test_lstm_of_any_size(layers, cells):
    assert count(AmplitudePhaseLstm(11, layers, cells)) == LSTMS[layers][cells]


def test_filter_size_costs_two_squares():
    """Table III: one filter each for I and Q."""
    base = count(SigNet(11)) - 2 * 3 * 3
    assert [count(SigNet(11, filter_size=size)) - base for size in (5, 7, 9)] == [50, 98, 162]


def test_our_own_keep_the_sizes_that_they_promise():
    assert count(DilatedConv(11)) == 185_740 <= 200_000
    assert count(DilatedConv(11, width=32)) == 47_820 <= 50_000
