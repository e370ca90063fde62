# SPDX-License-Identifier: GPL-3.0-or-later
"""KGNet Mapper: channel features of one band from those of another, so that both ends of an FDD link have the same."""

import numpy as np
from gnuradio import gr

from ..errors import ModelError
from ..inference.catalog import find_mapper
from ..inference.mapper_session import MapperSession
from ..keygen.features import from_features
from .parameters import check_choice, check_whole

ENDS = ("alice", "bob")
_BUFFER = 1 << 16  # values


class kgnet_mapper(gr.sync_block):
    """
    Bring the measured channels of either end to features that the other end has, too.

    Alice measures band 1 and maps it to what Bob should see in band 2; Bob measures that and has it normalised alike
    (X. Zhang et al., "Deep Learning-based Physical-Layer Secret Key Generation for FDD Systems", section VI-B). What the
    model's card asks for beforehand, such as sanitised responses, is done here.

    Args:
        model: name of a shipped mapper, or the path of an .onnx file with a mapper's card; the same at both ends
        carriers: carriers of a response, 2 to 4096; must be the card's
        end: "alice" maps, "bob" only normalises

    Ports:
        in: float32 vectors of 2 * carriers: real parts of the measured response on all carriers, then imaginary parts
        out: float32 vectors of 2 * carriers: normalised features of band 2; NaN where the response is not finite, or 0 on
            all carriers

    Tags:
        all pass, item by item

    Example:
        tb.connect(estimator, split, rfsec.kgnet_mapper("mapper-paper-free", 64, "alice"), rfsec.guard_band_quantizer(128))
    """

    def __init__(self, model: str = "mapper-paper-free", carriers: int = 64, end: str = "alice"):
        check_choice("KGNet Mapper", "end", end, ENDS)
        check_whole("KGNet Mapper", "carriers", carriers, 4096, lowest=2)
        self._session = MapperSession(find_mapper(model))
        self.card = self._session.card
        if self.card.input.carriers != carriers:
            raise ModelError(f"{self._session.path}: the mapper takes responses on {self.card.input.carriers} carriers. "
                             f"Got carriers={carriers} instead.")
        vectors = (np.float32, 2 * carriers)
        gr.sync_block.__init__(self, "KGNet Mapper", [vectors], [vectors])
        self.set_min_output_buffer(0, max(2, _BUFFER // (2 * carriers)))
        self._map = self._session.alice if end == "alice" else self._session.bob

    def work(self, input_items, output_items):
        output_items[0][:] = self._map(from_features(input_items[0]))
        return len(output_items[0])
