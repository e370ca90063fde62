# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads of many decisions."""

from gnuradio.rfsec.cli.stretches import KEPT, WINDOWS_A_SLICE, Stretches
from gnuradio.rfsec.records import DecisionRecord


def feed(stretches, labels):
    for index, label in enumerate(labels):
        verdict = "skipped" if label is None else "accepted"
        stretches.write(DecisionRecord(128 * index, 128, None, None, 1e6, None, "modulation", label,
                                       None if label is None else 0.5, verdict, "small"))
    stretches.close()


def test_neighbouring_slices_of_one_majority_are_one_stretch():
    slice_of = WINDOWS_A_SLICE * ["BPSK"]
    torn = [*slice_of[:-10], *10 * ["GFSK"]]
    stretches = Stretches()
    feed(stretches, [*slice_of, *torn, *WINDOWS_A_SLICE * ["QPSK"], None, None])
    assert [(one.label, one.windows, one.agreeing) for one in stretches.found] == [
        ("BPSK", 2 * WINDOWS_A_SLICE, 2 * WINDOWS_A_SLICE - 10), ("QPSK", WINDOWS_A_SLICE, WINDOWS_A_SLICE), ("skipped", 2, 2)]
    assert [(one.sample_start, one.sample_end) for one in stretches.found] == [
        (0, 256 * WINDOWS_A_SLICE), (256 * WINDOWS_A_SLICE, 384 * WINDOWS_A_SLICE),
        (384 * WINDOWS_A_SLICE, 384 * WINDOWS_A_SLICE + 256)]
    assert stretches.windows == {"BPSK": 118, "GFSK": 10, "QPSK": 64, "skipped": 2}


def test_a_long_run_keeps_the_last_stretches_only():
    stretches = Stretches()
    feed(stretches, [label for _ in range(KEPT) for label in (*WINDOWS_A_SLICE * ["BPSK"], *WINDOWS_A_SLICE * ["QPSK"])])
    assert (len(stretches.found), stretches.total) == (KEPT, 2 * KEPT)
