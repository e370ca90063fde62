# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that map the channel of one band to that of another: those of the KGNet paper, and ours.

X. Zhang et al., "Deep Learning-based Physical-Layer Secret Key Generation for FDD Systems", sections V-C and VII-C, tables I, IV.
All take and give float32 [batch, values]: real parts of all carriers, then imaginary parts.
"""

from torch import Tensor, nn

KGNET_LAYERS, FNN_LAYERS = (512, 1024, 1024, 512), (512, 1024, 512)
_KERNELS, _KERNEL = 8, 8


def _dense(values: int, layers: tuple[int, ...], after: int, inside: type[nn.Module], last: type[nn.Module]) -> list[nn.Module]:
    sizes, found = (values, *layers, after), []
    for one, other in zip(sizes[:-1], sizes[1:]):
        found += [nn.Linear(one, other), inside()]
    found[-1] = last()
    for layer in found[::2]:
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    return found


def kgnet(values: int) -> nn.Module:
    """KGNet: four hidden layers with ReLUs, a sigmoid at the end; 2,231,424 parameters at 128 values."""
    return nn.Sequential(*_dense(values, KGNET_LAYERS, values, nn.ReLU, nn.Sigmoid))


def fnn(values: int) -> nn.Module:
    """The FNN of C. Huang et al., IEEE ICC 2019, as the paper sizes it: tanh in all layers; 1,181,824 parameters."""
    return nn.Sequential(*_dense(values, FNN_LAYERS, values, nn.Tanh, nn.Tanh))


def advanced_fnn(values: int) -> nn.Module:
    """The same with KGNet's activations."""
    return nn.Sequential(*_dense(values, FNN_LAYERS, values, nn.ReLU, nn.Sigmoid))


def cnn1d(values: int) -> nn.Module:
    """Eight kernels of eight without padding and a maximum over pairs before Advanced-FNN; 1,362,120 parameters."""
    after = (values - _KERNEL + 1) // 2
    convolution = nn.Conv1d(1, _KERNELS, _KERNEL)
    nn.init.xavier_uniform_(convolution.weight)
    nn.init.zeros_(convolution.bias)
    return nn.Sequential(
        nn.Unflatten(1, (1, values)), convolution, nn.ReLU(), nn.MaxPool1d(2), nn.Flatten(),
        *_dense(_KERNELS * after, FNN_LAYERS, values, nn.ReLU, nn.Sigmoid),
    )


class _Block(nn.Module):
    def __init__(self, width: int, inside: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, inside), nn.GELU(), nn.Linear(inside, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class ResidualMapper(nn.Module):
    """Ours: a linear map, and beside it residual blocks of two dense layers for what is not linear.

    Parameters
    ----------
    values : int
        Values of a channel.
    width, inside, blocks : int
        Values between blocks and within them, and how many blocks there are.
    """

    def __init__(self, values: int, width: int = 224, inside: int = 352, blocks: int = 3) -> None:
        super().__init__()
        self.linear = nn.Linear(values, values)
        self.body = nn.Sequential(
            nn.Linear(values, width), *(_Block(width, inside) for _ in range(blocks)), nn.LayerNorm(width), nn.Linear(width, values)
        )
        nn.init.zeros_(self.body[-1].weight)
        nn.init.zeros_(self.body[-1].bias)

    def forward(self, values: Tensor) -> Tensor:
        """Return the other band's values [batch, values] of those of one."""
        return self.linear(values) + self.body(values)
