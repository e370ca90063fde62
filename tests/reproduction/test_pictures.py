# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be read on a picture's axes."""

import pytest
from gnuradio.rfsec.reproduction.pictures.speed import speed_axis
from gnuradio.rfsec.reproduction.pictures.style import grid


@pytest.mark.parametrize("rates", [(66, 192), (151, 189), (1_500, 8_000), (24, 15_239), (9, 61_000)])
def test_the_ticks_of_speeds_are_plain_numbers_and_two_at_least(rates):
    figure, (axes,) = grid(1, 1, 8.4, 4)
    axes.scatter(rates, (0, 1))
    speed_axis(axes)
    figure.canvas.draw()
    low, high = axes.get_xlim()
    ticks = [*axes.xaxis.get_major_ticks(), *axes.xaxis.get_minor_ticks()]
    texts = [tick.label1.get_text() for tick in ticks if low <= tick.get_loc() <= high and tick.label1.get_text()]
    assert 2 <= len(texts) <= 12 and all(text.replace(",", "").isdigit() for text in texts), texts
