# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks trained with weights of one and two bits: their values, their gradients, and what is exported of them."""

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from small_model import small_card

torch = pytest.importorskip("torch")

from gnuradio.rfsec.errors import DatasetError  # noqa: E402
from gnuradio.rfsec.inference.card import ModelCard  # noqa: E402
from gnuradio.rfsec.inference.session import ModelSession  # noqa: E402
from gnuradio.rfsec.training.checkpoint import save_checkpoint  # noqa: E402
from gnuradio.rfsec.training.corpus import make_corpus  # noqa: E402
from gnuradio.rfsec.training.export import export_onnx  # noqa: E402
from gnuradio.rfsec.training.loop import train_network  # noqa: E402
from gnuradio.rfsec.training.low_bit_weights import weight_memory  # noqa: E402
from gnuradio.rfsec.training.networks.binary_cnn import BinaryCnn2d  # noqa: E402
from gnuradio.rfsec.training.networks.cnn2d import Cnn2d  # noqa: E402
from gnuradio.rfsec.training.networks.four_bit_layer import FourBitRecurrence, four_bit_states  # noqa: E402
from gnuradio.rfsec.training.networks.lstm import AmplitudePhaseLstm  # noqa: E402
from gnuradio.rfsec.training.networks.ternary_lstm import FourBitLstm, TernaryLstm  # noqa: E402
from gnuradio.rfsec.training.quantisers import sign, ternary  # noqa: E402
from gnuradio.rfsec.training.recipes import find_recipe  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread_and_seed():
    torch.set_num_threads(1)
    torch.manual_seed(3)


def test_ternary_weights_are_those_of_the_paper():
    weight = torch.tensor([[1.0, -3.0, 0.5, 2.0], [0.1, 0.1, -0.1, 0.0]], requires_grad=True)
    # Row 1: threshold 0.7 * 1.625 = 1.1375, so -3 and 2 are kept, with the scale 2.5; row 2: 0.0525, scale 0.1.
    result = ternary(weight)
    assert torch.allclose(result, torch.tensor([[0.0, -2.5, 0.0, 2.5], [0.1, 0.1, -0.1, 0.0]]))
    (result * torch.arange(8.0).view(2, 4)).sum().backward()
    assert torch.allclose(weight.grad, torch.arange(8.0).view(2, 4)), "straight through"


def test_sign_lets_the_gradient_pass_inside_one():
    x = torch.tensor([-2.0, -1.0, -0.5, 0.0, 0.5, 1.5], requires_grad=True)
    result = sign(x)
    assert result.tolist() == [-1, -1, -1, 1, 1, 1]
    (result * 3).sum().backward()
    assert x.grad.tolist() == [0, 3, 3, 3, 3, 0]


def test_gradients_of_the_four_bit_layer_are_those_of_its_steps():
    cells, levels = 5, torch.randint(-1, 2, (20, 5)).float().requires_grad_()
    driven = (torch.rand(4, 3, 4 * cells) * 1.6 - 0.4).requires_grad_()
    scale, wanted = torch.rand(20) * 0.3, torch.rand(4, 3, cells)

    cell = hidden = torch.zeros(3, cells)
    states = []
    for step in driven:
        enter, forget, candidate, leave = (step + hidden @ levels.t() * scale).chunk(4, 1)
        cell = forget.clamp(0, 1) * cell + enter.clamp(0, 1) * candidate.clamp(-1, 1)
        exact = leave.clamp(0, 1) * cell.clamp(-1, 1)
        hidden = exact + (torch.round(exact * 8).clamp(-8, 7) / 8 - exact).detach()
        states.append(hidden)
    expected = torch.autograd.grad((torch.stack(states) * wanted).sum(), (driven, levels))

    found = FourBitRecurrence.apply(driven, levels, scale)
    assert torch.allclose(found, torch.stack(states)) and found.abs().sum() > 0
    for mine, reference in zip(torch.autograd.grad((found * wanted).sum(), (driven, levels)), expected):
        assert torch.allclose(mine, reference, atol=1e-5)
    assert torch.equal(four_bit_states(driven.transpose(0, 1), levels, scale).transpose(0, 1), found)
    assert torch.equal(found * 8, torch.round(found * 8)) and found.min() >= -1 and found.max() <= 7 / 8


def packed_and_rest(path):
    """Bytes of packed weights in a file, and the most distinct values in a row (the last axis) of those that are not packed."""
    weights = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(path)).graph.initializer}
    packed = sum(one.nbytes for name, one in weights.items() if name.endswith("_packed"))
    rows = [row for name, one in weights.items() if not name.startswith("levels_of") and one.size >= 256 and 1 < one.shape[-1] < one.size
            for row in one.reshape(-1, one.shape[-1])]
    return packed, max((len(np.unique(row)) for row in rows), default=0)


def stirred(network):
    """A binary CNN whose normalizations are as after some training: no gain, shift or mean is the first."""
    with torch.no_grad():
        for norm in network.norms:
            norm.weight.uniform_(-1, 1)
            norm.bias.uniform_(-1, 1)
            norm.running_mean.uniform_(-5, 5)
            norm.running_var.uniform_(20, 40)
    return network


@pytest.mark.parametrize(
    ("make", "representation", "in_a_byte"),
    [
        (lambda: TernaryLstm(3, cells=32), "amp_phase", 5),
        (lambda: FourBitLstm(3, cells=32), "amp_phase", 5),
        (lambda: stirred(BinaryCnn2d(3, window=32)), "iq", 8),
    ],
)
def test_exported_network_is_the_trained_one(make, representation, in_a_byte, tmp_path):
    network, length = make().eval(), 32
    card = ModelCard.model_validate(small_card(length, representation))
    export_onnx(network, card, tmp_path / "model.onnx")
    packed, values = packed_and_rest(tmp_path / "model.onnx")
    weights = sum(one.numel() for one in network.parameters() if one.dim() > 1)
    assert 0.9 * weights / in_a_byte < packed <= weights / in_a_byte + 10
    assert values <= {5: 3, 8: 2}[in_a_byte], "weights that are too few to pack"
    session = ModelSession(tmp_path / "model.onnx")
    for batch in (1, 256):
        windows = torch.randn(batch, 2, length)
        with torch.no_grad():
            expected = network(windows).numpy()
        np.testing.assert_allclose(session.logits(windows.numpy())[0], expected, atol=1e-4)
        assert batch == 1 or expected.std(axis=0).max() > 0.01, "it looks at its input"


def test_theoretical_memory_is_that_of_table_v():
    memory = weight_memory(AmplitudePhaseLstm(11), bits=32)
    assert memory.weights == 200_075 and memory.megabits == pytest.approx(6.4, abs=0.01)
    assert weight_memory(TernaryLstm(11), bits=2).megabits == pytest.approx(0.40015)
    assert memory.multiplications == 199_040


@pytest.mark.parametrize(("network", "parent"), [(TernaryLstm, AmplitudePhaseLstm), (FourBitLstm, AmplitudePhaseLstm),
                                                 (BinaryCnn2d, Cnn2d)])
def test_starts_from_its_float_parent(network, parent):
    weights, child = parent(11).state_dict(), network(11)
    child.load_parent(weights)
    mine = {tuple(one.shape): one for one in child.parameters()}
    for one in weights.values():
        if one.dim() > 1 and one.numel() > 5000 and one.shape != (512, 128):  # that shape is there three times
            assert torch.equal(mine[tuple(one.shape)], one)
    assert torch.equal(dict(child.named_parameters()).get("dense.weight", getattr(child, "dense", None)), weights["dense.weight"])


def test_wrong_parents_are_refused(tmp_path):
    recipe = find_recipe("lstm-ternary")
    corpus = make_corpus(recipe, windows_per_cell=1)
    save_checkpoint(tmp_path / "other", {}, {"best_weights": Cnn2d(11).state_dict(), "windows_seen": 1})
    (tmp_path / "broken").write_bytes(b"PK")

    def run(parent, model=recipe):
        return train_network(model, corpus, 1, 1, tmp_path / "run", torch.device("cpu"), parent=tmp_path / parent)

    with pytest.raises(DatasetError, match="is not the network that lstm-ternary starts from"):
        run("other")
    for name, reason in (("broken", "is not a readable checkpoint"), ("missing", "cannot be read: No such file or directory")):
        with pytest.raises(DatasetError, match=reason):
            run(name)
    with pytest.raises(DatasetError, match="is not the network that lstm-1x16 starts from"):
        run("other", find_recipe("lstm-1x16"))
    assert not (tmp_path / "run").exists()
