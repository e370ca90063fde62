# SPDX-License-Identifier: GPL-3.0-or-later
"""The convolution along time: its own gradients are those of PyTorch's convolution, and only where they pay."""

import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.training.networks.joint_cnn import JointCnn  # noqa: E402
from gnuradio.rfsec.training.networks.time_convolution import TimeConvolution  # noqa: E402


def gradients(convolution, images, weights):
    """Return what the layer gives, and the gradients of the images and of the weights."""
    images = images.clone().requires_grad_()
    given = convolution(images)
    given.backward(weights.expand_as(given) * given.detach().sin())
    return given.detach(), images.grad, convolution.weight.grad


@pytest.mark.parametrize("memory", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize(("inputs", "outputs"), [(16, 64), (64, 64), (64, 3)])
@pytest.mark.parametrize(("batch", "time"), [(5, 37), (1, 37), (5, 2), (5, 1)])
def test_gradients_are_those_of_a_plain_convolution(memory, inputs, outputs, batch, time):
    torch.manual_seed(1)
    ours, plain = TimeConvolution(inputs, outputs), torch.nn.Conv2d(inputs, outputs, (1, 3), padding=(0, 1), bias=False)
    plain.load_state_dict(ours.state_dict())
    images, weights = torch.randn(batch, inputs, 1, time).contiguous(memory_format=memory), torch.randn(outputs, 1, 1)
    torch.testing.assert_close(gradients(ours, images, weights), gradients(plain, images, weights), atol=1e-4, rtol=1e-4)


def test_the_gradient_of_doubles_is_that_of_finite_differences():
    torch.manual_seed(2)
    images = torch.randn(3, 16, 1, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(TimeConvolution(16, 4).double(), images)


@pytest.mark.parametrize("inputs", [2, 64])
def test_few_channels_bfloat16_and_evaluation_are_left_to_pytorch(inputs):
    layer, images = TimeConvolution(inputs, 4), torch.randn(2, inputs, 1, 8)
    ours = inputs == 64
    assert layer(images).grad_fn.name().startswith("_Convolve") == ours
    with torch.autocast("cpu", torch.bfloat16):
        half = layer(images)
    assert half.dtype == torch.bfloat16 and not half.grad_fn.name().startswith("_Convolve")
    assert not layer.eval()(images).grad_fn.name().startswith("_Convolve")


def test_the_experts_learn_by_it():
    torch.manual_seed(3)
    network = JointCnn((8, 6), experts=2)
    layers = [layer for layer in network.modules() if isinstance(layer, TimeConvolution)]
    assert len(layers) == 2 * 9
    sum(logits.logsumexp(1).sum() for logits in network(torch.randn(4, 2, 6000))).backward()
    assert all(layer.weight.grad.abs().max() > 0 for layer in layers)
