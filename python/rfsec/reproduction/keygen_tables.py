# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables and figures of the KGNet paper, by name: what each of them varies, and what the paper states."""

import math

from ..errors import ParameterError
from .keygen_rows import KeygenTable, MapperRow, Stated
from .named_rows import named_rows

NETWORKS = {"kgnet": "KGNet", "cnn1d": "1D-CNN", "advanced-fnn": "Advanced-FNN", "fnn": "FNN"}
OURS = MapperRow("mapper-paper", "ours", "mapper-paper")
_FOUR = tuple(MapperRow(name, title, name) for name, title in NETWORKS.items())
_KGNET = _FOUR[0]
_SIZES, _EPOCHS = (5_000, 10_000, 20_000, 40_000, 80_000), (5, 15, 50, 150, 500)
_LINEAR = ("complex ridge", "nearest position", "floor")
_FIFTH = tuple((levels, 0.2 / (2 * (levels - 1))) for levels in (2, 4, 8))  # of the values in guard bands, whatever the levels
_BITS = ("key_error_rate", "key_generation_ratio")
_RATIOS = {"approximate_entropy": 0.8363, "block_frequency": 0.9158, "cumulative_sums": 0.9972, "dft": 0.9995, "frequency": 0.7103,
           "rank": 0.8511, "runs": 0.8733, "serial": 0.7461}
_COUNTS = {"kgnet": (2_231_424, 4_453_248), "cnn1d": (1_362_120, 2_850_688), "advanced-fnn": (1_181_824, 2_357_120),
           "fnn": (1_181_824, 2_357_120)}
_BEYOND = (
    OURS,
    MapperRow("kgnet-held-out", "KGNet, held-out squares", "kgnet-held-out"),
    MapperRow("mapper-paper-held-out", "ours, held-out squares", "mapper-paper-held-out"),
    MapperRow("mapper-paper-free", "ours, free-running radios", "mapper-paper-free"),
    MapperRow("mapper-paper-unsanitised", "ours, free-running, not sanitised", "mapper-paper-unsanitised"),
    MapperRow("mapper-disjoint-100-free", "ours, free-running, disjoint bands of 100 MHz", "mapper-disjoint-100-free"),
    MapperRow("mapper-disjoint-20-free", "ours, free-running, disjoint bands of 20 MHz", "mapper-disjoint-20-free"),
)
_OVERLAP = ("The paper's two bands are the same in four fifths of their width. Its random split leaves each test position "
            "neighbours at 1 cm in the training set; held-out squares of 20 cm do not.")
_WITHOUT_NOISE = "Trained without noise (cross dataset 5), and tested without."


def _changed(recipe: str, name: str, title: str, **changes) -> MapperRow:
    return MapperRow(name, title, recipe, changes)


TABLES = {
    one.name: one
    for one in (
        KeygenTable("kgnet-fig3", "NMSE by the number of training positions", tuple(
            MapperRow(f"{name}-{size}", f"{title}, {size:,} positions", name, {"cross": 5, "positions": size}, title, size)
            for name, title in NETWORKS.items() for size in _SIZES), (math.inf,), axis="training positions", notes=(_WITHOUT_NOISE,)),
        KeygenTable("kgnet-fig4", "NMSE by the number of epochs", tuple(
            MapperRow(f"{name}-{epochs}-epochs", f"{title}, {epochs} epochs", name, {"cross": 5, "epochs": epochs}, title, epochs)
            for name, title in NETWORKS.items() for epochs in _EPOCHS), (math.inf,), axis="epochs", notes=(
                _WITHOUT_NOISE, "Each number of epochs is a training of its own, whose learning rate ends at zero.")),
        KeygenTable("kgnet-fig5", "NMSE by SNR, trained without noise", tuple(
            _changed(name, f"{name}-clean", title, cross=5) for name, title in NETWORKS.items()), beside=_LINEAR),
        KeygenTable("kgnet-fig6", "NMSE by SNR, KGNet trained at one SNR", (*(
            _changed("kgnet", f"kgnet-at-{snr}", f"trained at {snr} dB", cross=1, noisy_db=float(snr)) for snr in range(0, 41, 10)),
            _changed("kgnet", "kgnet-clean", "trained without noise", cross=5))),
        KeygenTable("kgnet-fig7", "NMSE by SNR, KGNet trained on cross datasets 1 to 5", tuple(
            MapperRow(name, f"cross dataset {number}", name) for number, name in enumerate(
                ("kgnet-cross1", "kgnet-cross2", "kgnet-cross3", "kgnet", "kgnet-cross5"), 1))),
        KeygenTable("kgnet-fig8", "NMSE by SNR, trained on cross dataset 4", (*_FOUR, OURS), beside=_LINEAR),
        KeygenTable("kgnet-fig9", "Errors and bits of initial keys by SNR", (*_FOUR, *_BEYOND), beside=_LINEAR, drawn=_BITS, notes=(_OVERLAP,),
                    stated=(Stated("kgnet", "key_error_rate", 1e-3, "below", 30), *(
                        Stated(name, "key_generation_ratio", 1.6, "about", 25) for name in NETWORKS))),
        KeygenTable("kgnet-fig10", "Errors and bits of initial keys by the quantization factor", (_KGNET, OURS),
                    quantizers=tuple((2, epsilon) for epsilon in (0.005, 0.1, 0.2, 0.3)), drawn=_BITS,
                    notes=("The paper's text has more bits with a higher factor. There are fewer, since more values lie in guard bands.",)),
        KeygenTable("kgnet-fig12", "Distance of features (NVD): Alice and Bob before and after the mapper, Eve and Bob", (_KGNET, OURS),
                    beside=("no mapper", "Eve at 0.01 m", "Eve at 0.05 m", "Eve at 0.15 m", "Eve at 0.3 m"), drawn=("nmse", "key_error_rate"),
                    notes=("The mean of equation 22 over all test positions is what the column NMSE has; the paper has one position, and "
                           "Eve 0.15 m from it. Eve measures Bob's band, in a random direction from him.",)),
        KeygenTable("kgnet-table2", "SNR from which the key error rate is at most 0.1", (_KGNET, OURS), quantizers=_FIFTH, drawn=_BITS, stated=(
            Stated("kgnet", "threshold_db", 5, levels=2), Stated("kgnet", "threshold_db", 15, levels=4),
            Stated("kgnet", "threshold_db", None, levels=8), Stated("kgnet", "key_error_rate", 0.15, snr_db=40, levels=8)), notes=(
                "The lowest of the SNRs 0, 5, ... 40 dB. A fifth of the values is in guard bands, whatever the levels.",)),
        KeygenTable("kgnet-table3", "NIST SP 800-22 on initial keys of 128 bits at 25 dB", (_KGNET, OURS), (25,), own="nist", drawn=(), stated=tuple(
            Stated("kgnet", name, paper) for name, paper in _RATIOS.items()), notes=(
                "Keys are Alice's bits of all test positions, one after the other, cut into 128. The rank test needs 38,912 bits, and says nothing "
                "of 128. After hashing every test passes whatever Eve knows: it is the raw bits that tell something.",)),
        KeygenTable("kgnet-table4", "Parameters and operations", (*_FOUR, OURS), (), own="complexity", drawn=(), stated=tuple(
            Stated(name, what, paper) for name, papers in _COUNTS.items() for what, paper in zip(("parameters", "flops"), papers)), notes=(
                "FLOPs are counted as the paper does: (2 in - 1) out of a dense layer. Of the convolution it has 2 * 128 * (8 * 8 + 1) * 8, "
                "the formula of one in two dimensions with padding; this one, with neither, has 2 * 121 * 8 * 8.",)),
    )
}


def find_table(name: str, only: list[str] | None) -> tuple[KeygenTable, tuple[MapperRow, ...]]:
    """Return a table and its rows that are named in `only`, or all; ParameterError lists the names where one is unknown."""
    if name not in TABLES:
        raise ParameterError(f"The 'table' to reproduce must be one of {', '.join(TABLES)}. Got {name!r} instead.")
    return TABLES[name], named_rows(name, TABLES[name].rows, only)
