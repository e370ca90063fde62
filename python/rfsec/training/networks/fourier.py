# SPDX-License-Identifier: GPL-3.0-or-later
"""A discrete Fourier transform that every ONNX runtime is fast at."""

import torch
from torch import Tensor, nn


class Fourier(nn.Module):
    """The DFT of rows of `rows` * `columns` samples, as two small matrix products with a twist between them.

    Cooley and Tukey, "An Algorithm for the Machine Calculation of Complex Fourier Series", Math. Comp. 19, 1965.
    """

    def __init__(self, rows: int = 32, columns: int = 32) -> None:
        super().__init__()
        self.rows, self.columns = rows, columns
        for name, first, second, period in (("row", rows, rows, rows), ("column", columns, columns, columns),
                                            ("twist", rows, columns, rows * columns)):
            turns = torch.outer(torch.arange(first), torch.arange(second)).double() / period
            self.register_buffer(f"{name}_real", torch.cos(2 * torch.pi * turns).float(), persistent=False)
            self.register_buffer(f"{name}_imag", -torch.sin(2 * torch.pi * turns).float(), persistent=False)

    def forward(self, real: Tensor, imag: Tensor) -> tuple[Tensor, Tensor]:
        """Return the real and imaginary part of the transform over the last axis."""
        shape = (*real.shape[:-1], self.rows, self.columns)
        real, imag = real.reshape(shape), imag.reshape(shape)
        real, imag = _product(torch.matmul, self.row_real, self.row_imag, real, imag)
        real, imag = _product(torch.mul, self.twist_real, self.twist_imag, real, imag)
        real, imag = _product(torch.matmul, real, imag, self.column_real, self.column_imag)
        return real.transpose(-1, -2).flatten(-2), imag.transpose(-1, -2).flatten(-2)


def _product(multiply, one_real: Tensor, one_imag: Tensor, two_real: Tensor, two_imag: Tensor) -> tuple[Tensor, Tensor]:
    real = multiply(one_real, two_real) - multiply(one_imag, two_imag)
    return real, multiply(one_real, two_imag) + multiply(one_imag, two_real)
