# SPDX-License-Identifier: GPL-3.0-or-later
"""How large the samples of a window are in the middle of its symbols: what tells QAM of 16 points from QAM of 64."""

import torch
from torch import Tensor, nn

from .fourier import Fourier

_FINER = 4  # samples for each one of the window
_BAND = 0.3  # cycles per sample that a conditioned burst takes to either side, with some room
_RATES = (0.25, 0.605)  # symbols per sample that a burst in half of the band may have
_AROUND = 63  # half bins among which a line stands out
_ROLLOFF = 0.3  # of the matched filter; others lose little by it
_LEVELS = 20
_HIGHEST = 2.0  # rms
_SILENT = 0.05  # of unit power: the zeros behind a short burst


class SymbolLevels(nn.Module):
    """Histogram of a window's amplitude at the instants of its symbols, as it came and behind a matched filter.

    The clock is the strongest line of |x|^2 (Gardner, "Exploitation of Spectral Redundancy in Cyclostationary Signals", IEEE
    SP Magazine, 1991); its phase says where the symbols are (Oerder and Meyr, IEEE Trans. Commun. 36, 1988). The amplitude
    knows no carrier. Nothing here is trained.

    Parameters
    ----------
    length : int
        Samples of a window, a multiple of 32.
    """

    features = 1 + 2 * (_LEVELS + 2)

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length, self.reach = length, round(_BAND * length)
        self.few, self.many = Fourier(length // 32, 32), Fourier(_FINER * length // 64, 64)
        first, last = (round(2 * rate * length) for rate in _RATES)
        self.lines = slice(first, last)  # half bins of the window
        constants = {
            "rates": torch.arange(first, last) / (2 * length),
            "away": torch.cat((torch.arange(self.reach), torch.arange(self.reach, 0, -1))) / length,
            "count": torch.arange(round(_RATES[1] * length)).float(),
            "levels": (torch.arange(_LEVELS) + 0.5) * (_HIGHEST / _LEVELS),
        }
        for name, constant in constants.items():
            self.register_buffer(name, constant, persistent=False)

    @torch.no_grad()
    def forward(self, windows: Tensor) -> Tensor:
        """Return [batch, features] of windows [batch, 2 (I, Q), time] of unit power."""
        parts = [self._in_band(part) for part in self.few(windows[:, 0], windows[:, 1])]
        sizes = self._sizes(parts)
        power = sizes[:, ::2] ** 2
        power = power - power.mean(dim=1, keepdim=True)
        power = torch.cat((power, torch.zeros_like(power)), dim=1)
        line = [part[:, self.lines] for part in self.many(power, torch.zeros_like(power))]
        strength = torch.sqrt(line[0] ** 2 + line[1] ** 2 + 1e-9)
        around = nn.functional.avg_pool1d(strength[:, None], _AROUND, 1, _AROUND // 2, count_include_pad=False)[:, 0]
        most, at = (strength / around).max(dim=1, keepdim=True)  # what varies without a clock is stronger at lower frequencies
        at = at.clamp(1, strength.shape[1] - 2)
        before, here, after = (strength.gather(1, at + step) for step in (-1, 0, 1))
        beside = (0.5 * (before - after) / (before - 2 * here + after).clamp(max=-1e-6)).clamp(-0.5, 0.5)
        rate = self.rates[at] + beside / (2 * self.length)
        # In the middle of the window the phase stays as it is.
        turn = torch.atan2(line[1].gather(1, at), line[0].gather(1, at)) / (2 * torch.pi) - beside / 4
        instants = _FINER * (self.count - turn) / rate
        matched = torch.cos(0.5 * torch.pi * ((self.away / rate - 0.5) / _ROLLOFF + 0.5).clamp(0, 1))
        rows = [torch.log(most)]
        for one in (sizes, self._sizes([part * matched for part in parts])):
            rows += self._histogram(one, instants)
        return torch.cat(rows, dim=1)

    def _in_band(self, spectrum: Tensor) -> Tensor:
        return torch.cat((spectrum[:, : self.reach], spectrum[:, -self.reach :]), dim=1)

    def _sizes(self, parts: list[Tensor]) -> Tensor:
        """Sizes of the finer samples that have this spectrum: [batch, finer time]."""
        middle = torch.zeros_like(parts[0][:, :1]).expand(-1, _FINER * self.length - 2 * self.reach)
        # Of a conjugate's transform the sizes are those of the inverse.
        real, imag = (torch.cat((part[:, : self.reach], middle, part[:, self.reach :]), dim=1) for part in parts)
        real, imag = self.many(real, -imag)
        return torch.sqrt(real * real + imag * imag + 1e-9) / self.length

    def _histogram(self, sizes: Tensor, instants: Tensor) -> list[Tensor]:
        places = torch.round(instants)
        last = sizes.shape[1] - 1
        size = sizes.gather(1, places.clamp(0, last).long())
        there = ((places >= 0) & (places <= last) & (size > _SILENT)).float()
        count = there.sum(dim=1, keepdim=True) + 1e-3
        size = size / torch.sqrt((there * size * size).sum(dim=1, keepdim=True) / count + 1e-6)
        near = (1 - (size[:, None] - self.levels[:, None]).abs() * (_LEVELS / _HIGHEST)).clamp(min=0)
        moments = [(there * size**power).sum(dim=1, keepdim=True) / count for power in (4, 6)]
        return [(near * there[:, None]).sum(dim=2) / count, *moments]
