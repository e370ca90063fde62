# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of bursts: its Fourier transform, the lines that it is shown, and that each window decides for itself."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.training.networks.burst_network import BurstNetwork  # noqa: E402
from gnuradio.rfsec.training.networks.fourier import Fourier  # noqa: E402

LENGTH = 1024
X2, X4, X8, POWER, REPEATS = 1, 2, 3, 4, 6  # rows of the spectra


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.mark.parametrize("rows, columns", [(32, 32), (16, 32), (2, 5)])
def test_fourier_is_the_discrete_transform(rows, columns):
    signal = torch.randn(2, 3, rows * columns, dtype=torch.complex64, generator=torch.Generator().manual_seed(1))
    found = torch.complex(*Fourier(rows, columns)(signal.real, signal.imag))
    torch.testing.assert_close(found, torch.fft.fft(signal), atol=2e-4, rtol=1e-4)


def lines_of(states, offset=0.013):
    """How far the lines of the spectra stand out, for random symbols of `states` phases, four samples each."""
    rng = np.random.default_rng(3)
    symbols = np.exp(2j * np.pi * rng.integers(states, size=LENGTH // 4) / states)
    samples = np.repeat(symbols, 4) * np.exp(2j * np.pi * offset * np.arange(LENGTH))
    window = torch.from_numpy(np.stack((samples.real, samples.imag))[None].astype(np.float32))
    with torch.no_grad():
        return BurstNetwork(15).spectra(window, window)[1][0].numpy()


def test_the_power_that_takes_psk_off_has_a_line():
    bpsk, qpsk, eight = (lines_of(states) for states in (2, 4, 8))
    assert bpsk[X2] > qpsk[X2] + 2 and bpsk[X2] > eight[X2] + 2
    assert min(bpsk[X4], qpsk[X4]) > eight[X4] + 2
    assert min(bpsk[X8], qpsk[X8], eight[X8]) > 5


def test_keying_has_a_line_at_its_rate():
    rng = np.random.default_rng(3)
    keyed = np.repeat(rng.integers(2, size=LENGTH // 16), 16) * np.tile(np.arange(16) < 8, LENGTH // 16)
    noise = rng.normal(size=(2, LENGTH)) / np.sqrt(2)
    windows = torch.from_numpy(np.stack((np.stack((keyed, 0 * keyed)) * 2, noise)).astype(np.float32))
    with torch.no_grad():
        spectra, lines = BurstNetwork(15).spectra(windows, windows)
    assert int(spectra[0, POWER, 1 : LENGTH // 2].argmax()) + 1 == LENGTH // 16
    assert lines[0, POWER] > lines[1, POWER] + 1


def test_a_cyclic_prefix_has_a_line_at_its_distance():
    rng = np.random.default_rng(3)
    symbols = rng.normal(size=(2, 8, 100))
    prefixed = np.concatenate((symbols[..., -28:], symbols), axis=2).reshape(2, LENGTH)
    windows = torch.from_numpy(np.stack((prefixed, rng.normal(size=(2, LENGTH)))).astype(np.float32))
    with torch.no_grad():
        spectra, lines = BurstNetwork(15).spectra(windows, windows)
    assert int(spectra[0, REPEATS, 20 : LENGTH // 2].argmax()) + 20 == 100
    assert lines[0, REPEATS] > lines[1, REPEATS] + 1


@pytest.mark.parametrize("samples_per_symbol", [2.3, 3.37])
def test_the_amplitudes_of_symbols_are_read_at_their_instants(samples_per_symbol):
    rng = np.random.default_rng(3)
    count = int(LENGTH / samples_per_symbol)
    points = {16: (-3, -1, 1, 3), 64: (-7, -5, -3, -1, 1, 3, 5, 7)}
    rows = []
    for order in (16, 64):
        symbols = rng.choice(points[order], (2, count)).astype(float)
        symbols /= np.sqrt((symbols**2).sum(axis=0).mean())
        distance = np.arange(LENGTH)[:, None] / samples_per_symbol - np.arange(count) - 0.3
        x = distance + 1e-9
        pulse = np.sinc(x) * np.cos(np.pi * 0.4 * x) / (1 - (0.8 * x) ** 2)  # raised cosine: no symbol disturbs another
        rows.append(symbols @ pulse.T)
    with torch.no_grad():
        histograms = BurstNetwork(15).levels(torch.from_numpy(np.stack(rows).astype(np.float32)))[:, 1:21].numpy()
    rings = np.sqrt(np.array([2, 10, 18]) / 10)  # of 16QAM
    between = [bin for bin in range(20) if abs((bin + 0.5) / 10 - rings).min() > 0.15]
    assert histograms[0, between].sum() < 0.04 < 0.15 < histograms[1, between].sum()


def test_each_window_decides_for_itself_and_short_bursts_may_be_followed_by_zeros():
    torch.manual_seed(2)
    network = BurstNetwork(15).eval()
    windows = torch.randn(3, 2, LENGTH)
    windows[2, :, 100:] = 0
    with torch.no_grad():
        together, alone = network(windows), network(windows[1:2])
        nothing = network(torch.zeros(1, 2, LENGTH))
    torch.testing.assert_close(together[1:2], alone, atol=1e-5, rtol=1e-4)
    assert together.shape == (3, 15) and together.std(dim=0).min() > 0 and torch.isfinite(nothing).all()


def test_every_weight_learns():
    torch.manual_seed(3)
    network = BurstNetwork(15).train()
    windows = torch.randn(4, 2, LENGTH)
    windows[0] = 0  # the gradient of a size of zero must stay finite
    torch.nn.functional.cross_entropy(network(windows), torch.tensor([0, 3, 5, 14])).backward()
    for part, parameter in network.named_parameters():
        assert parameter.grad is not None and torch.isfinite(parameter.grad).all(), part


def test_it_keeps_the_size_that_it_promises():
    assert sum(parameter.numel() for parameter in BurstNetwork(15).parameters()) <= 120_000
