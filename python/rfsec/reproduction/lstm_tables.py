# SPDX-License-Identifier: GPL-3.0-or-later
"""The LSTM paper's figures 3, 7 to 9, 12 to 14 and 17 and its tables V and VI, with every figure that its text states."""

from .table import OURS, Comparison, Figure, Row, Table

PAPER = (
    "S. Rajendran et al., Deep Learning Models for Wireless Signal Classification With Distributed Low-Cost Spectrum "
    "Sensors, IEEE Transactions on Cognitive Communications and Networking 4(3), 2018, doi:10.1109/TCCN.2018.2835460"
)
NOTES = (
    "The paper trains on half of RadioML 2016.10a, for 70 epochs, and tests on the other half.",
    "The paper counts from 0 to 20 dB; the set ends at 18 dB. Where the paper says 'at high SNR', an accuracy here is the "
    "mean over 0 to 18 dB unless the row says otherwise.",
    "Not in the paper: each training window is turned by a random phase, and gradients are cut to a norm of 1. Batches have 128 windows, "
    "and the rate warms up to 2e-3 and then follows half a cosine, where the paper has batches of 400 at 1e-3 throughout.",
)
_HIGH = (0, 18)
_TOP = (18, 18)
_CELLS = (16, 32, 64, 128, 256)
_LENGTHS = (64, 128, 256, 512)
_TWO_LAYERS = Figure(90.0, "section V-A", "about")
_ALL_SNRS = (
    "Trained on all SNRs as for the paper's figures 12 to 14; for its figure 3 the paper leaves out those below -10 dB."
)
_FEW_NEIGHBOURS = (
    "With as many windows as the paper's set leaves, 82,500, the nearest neighbours name 26% right (`rfsec train knn --windows 82500`); their file has 42 MB."
)
_SMALL_FOREST = (
    "With as many windows as the paper's set leaves, 82,500, and no limit of its leaves, scikit-learn's forest of 150 trees names 67% right; it has 3.3 million "
    "leaves, and its file would have more than 100 MB."
)
_OTHER_CNN = "Table V's CNN has 5.45 M weights; the one here is the 2D-CNN of 2.71 M that the SigNet paper gives by layers."

# Table V: weights, multiplications or XNORs, memory; of the rows of figure 17.
TABLE5 = {
    "cnn2d": ("5451096", "5451096", "174.44 MB"),
    "cnn2d-binary": ("5451096", "5451096", "5.45 MB"),
    "lstm-amp-phase": ("200075", "262144", "6.4 MB"),
    "lstm-ternary-4bit": ("200075", "262144", "400.15 KB"),
    "lstm-ternary": ("200075", "262144", "400.15 KB"),
}

# Table VI: windows a second.
TABLE6 = {
    "Nvidia GeForce GTX 1060": {"cnn2d": 15239, "cnn2d-int8": 85, "lstm-amp-phase": 12874, "lstm-amp-phase-int8": 76},
    "Nvidia Tegra TX2": {"cnn2d": 2342, "cnn2d-int8": 205, "lstm-amp-phase": 2785, "lstm-amp-phase-int8": 127},
    "Intel i7-3770": {"cnn2d": 1039, "cnn2d-int8": 85, "lstm-amp-phase": 1035, "lstm-amp-phase-int8": 81},
    "Jetson board (ARMv8)": {"cnn2d": 264, "cnn2d-int8": 217, "lstm-amp-phase": 275, "lstm-amp-phase-int8": 164},
    "Raspberry pi-2 (ARMv7)": {"cnn2d": 36, "cnn2d-int8": 30, "lstm-amp-phase": 24, "lstm-amp-phase-int8": 21},
}


def _fig3() -> Table:
    one, two, three, alike = "lstm-1x128", "lstm-amp-phase", "lstm-3x128", "lstm-2x128"

    def row(name: str, title: str, paper: Figure | None, snrs_db: tuple[int, int] = _HIGH, *reasons: str) -> Row:
        return Row(name, title, name, paper, snrs_db=snrs_db, reasons=reasons)

    return Table(
        name="lstm-fig3",
        title="LSTM paper, figure 3: LSTM, CNN and classical models",
        paper=PAPER,
        rows=(
            row(two, "LSTM, 2 layers", _TWO_LAYERS),
            row(one, "LSTM, 1 layer", Figure(84.0, "section V-A: 6% less than two layers", "about"), _HIGH, _ALL_SNRS),
            row(alike, "LSTM, 2 layers, trained as those of 1 and 3", None, _HIGH, _ALL_SNRS),
            row(three, "LSTM, 3 layers", None, _HIGH, _ALL_SNRS),
            row("cnn2d", "CNN on I and Q", None),
            row("random-forest", "random forest of 150 trees", Figure(70.0, "section V-A", "about"), _TOP, _SMALL_FOREST),
            row("svm", "support vector machine", Figure(26.0, "section V-A", "about"), _TOP),
            row("knn", "k nearest neighbours", Figure(26.0, "section V-A", "about"), _TOP, _FEW_NEIGHBOURS),
            row("gaussian-nb", "Gaussian naive Bayes", Figure(26.0, "section V-A", "about"), _TOP),
            *(row(name, f"ours: {name}", None) for name in OURS),
        ),
        pictures=("curves", "confusion_at_snrs", "gates"),
        comparisons=(
            Comparison("One layer is 6% less than two (section V-A)", one, alike, -6.0),
            Comparison("Three layers are slightly lower than two (section V-A)", three, alike, None),
        ),
        notes=(
            *NOTES,
            _OTHER_CNN,
            "Rows without a paper's figure are curves of figure 3 to which the text gives no number. The last rows are "
            "this project's own.",
        ),
        closer_look=(two, one, three),
    )


def _fig9() -> Table:
    rows = []
    for rate in (4, 8):
        for length in _LENGTHS:
            stated = Figure(75.0, "abstract, figure 8", "about") if (rate, length) == (4, 64) else None
            rows.append(
                Row(
                    f"lstm-varied-{rate}x{length}",
                    f"{length} samples",
                    "lstm-varied",
                    stated,
                    "rml2016a-varied",
                    (rate, length),
                    _HIGH,
                    panel=f"figure {8 if rate == 4 else 7}: trained on 128 to 512, {rate} samples/symbol",
                )
            )
    for rate in (4, 8):
        for length in _LENGTHS:
            stated = Figure(70.0, "section V-B, figure 9", "at least") if rate == 4 else None
            rows.append(
                Row(
                    f"lstm-varied-not{length}-{rate}x{length}",
                    f"{length} samples, left out",
                    f"lstm-varied-not{length}",
                    stated,
                    "rml2016a-varied",
                    (rate, length),
                    _HIGH,
                    panel=f"figure 9: the length was left out, {rate} samples/symbol",
                )
            )
    return Table(
        name="lstm-fig9",
        title="LSTM paper, figures 7 to 9: lengths that the model was not trained on",
        paper=PAPER,
        rows=tuple(rows),
        notes=(
            *NOTES,
            "The paper's figures 7 and 8 print curves; its text states 75% at 64 samples and 4 samples a symbol. Figure 9 "
            "is of 4 samples a symbol; 8 are added.",
        ),
    )


def _fig12() -> Table:
    rows = []
    for layers in (1, 2, 3):
        for cells in _CELLS:
            name = f"lstm-{layers}x{cells}"
            rows.append(
                Row(
                    name,
                    f"{layers} layer{'s' * (layers > 1)}, {cells} cells",
                    name,
                    None,
                    snrs_db=_HIGH,
                    panel=f"figure {11 + layers}: {layers} layer{'s' * (layers > 1)}",
                )
            )
    deeper = tuple(
        Comparison(
            f"{cells} cells: {more} layers are more accurate than {less} (section V-D, for mostly all sizes)",
            f"lstm-{more}x{cells}",
            f"lstm-{less}x{cells}",
            None,
        )
        for less, more in ((1, 2), (2, 3))
        for cells in _CELLS
    )
    return Table(
        name="lstm-fig12",
        title="LSTM paper, figures 12 to 14: layers and cells",
        paper=PAPER,
        rows=tuple(rows),
        comparisons=(
            Comparison("2 layers: 256 cells are no more accurate than 128 (section V-D)", "lstm-2x256", "lstm-2x128", 0.0),
            Comparison("3 layers: 256 cells are no more accurate than 128 (section V-D)", "lstm-3x256", "lstm-3x128", 0.0),
            *deeper,
        ),
        notes=(
            *NOTES,
            "The paper trains these on all SNRs, and so do the recipes. Section V-D states orders, not numbers; they are "
            "compared below.",
        ),
    )


def _fig17() -> Table:
    def row(name: str, title: str, paper: Figure | None, bits: int, parent: str = "") -> Row:
        also = dict(zip(("weights", "multiplications or XNORs", "weight memory"), TABLE5[name]))
        return Row(name, title, name, paper, snrs_db=_HIGH, also=also, bits=bits, parent=parent)

    return Table(
        name="lstm-fig17",
        title="LSTM paper, figure 17 and table V: quantised models",
        paper=PAPER,
        rows=(
            row("cnn2d", "CNN: full precision", None, 32),
            row("cnn2d-binary", "CNN: binary", None, 1, "cnn2d"),
            row("lstm-amp-phase", "LSTM: full precision", _TWO_LAYERS, 32),
            row("lstm-ternary-4bit", "LSTM: ternary weights, 4-bit activations", Figure(80.0, "section VI-E", "about"), 2, "lstm-amp-phase"),
            row("lstm-ternary", "LSTM: ternary weights", None, 2, "lstm-amp-phase"),
        ),
        pictures=("curves", "speed"),
        comparisons=(
            Comparison("The binary CNN is 10% below full precision (section VI-E)", "cnn2d-binary", "cnn2d", -10.0),
            Comparison("Quantised LSTMs lose 10% (section VII)", "lstm-ternary-4bit", "lstm-amp-phase", -10.0),
        ),
        notes=(
            *NOTES,
            "Table V prints megabytes and kilobytes where its own counts of weights give megabits and kilobits: "
            "5,451,096 weights of 32 bits are 174.4 Mbit, 21.8 MB. Ours are in Mbit.",
            _OTHER_CNN,
        ),
    )


def _table6() -> Table:
    def row(name: str, title: str, paper: Figure | None = None) -> Row:
        return Row(name, title, name, paper, snrs_db=_HIGH)

    return Table(
        name="lstm-table6",
        title="LSTM paper, table VI: windows a second",
        paper=PAPER,
        rows=(
            row("cnn2d", "CNN-FP"),
            row("cnn2d-int8", "CNN-8b"),
            row("lstm-amp-phase", "LSTM-FP", _TWO_LAYERS),
            row("lstm-amp-phase-int8", "LSTM-8b"),
        ),
        pictures=("speed",),
        comparisons=(
            Comparison("What 8 bits cost the CNN (the paper does not say)", "cnn2d-int8", "cnn2d", None),
            Comparison("What 8 bits cost the LSTM (the paper does not say)", "lstm-amp-phase-int8", "lstm-amp-phase", None),
        ),
        notes=(*NOTES, _OTHER_CNN, "The paper's 8-bit kernels of 2018 were slower than float on every platform."),
        platforms=TABLE6,
    )


TABLES = (_fig3(), _fig9(), _fig12(), _fig17(), _table6())
