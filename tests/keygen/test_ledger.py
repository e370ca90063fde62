# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger adds up what was said, and takes nothing back."""

import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.keygen.ledger import LeakageLedger


def test_entries_add_up():
    ledger = LeakageLedger()
    assert ledger.total == 0 and ledger.entries == ()
    for what, bits in (("cascade", 30), ("guard bands", 1.5), ("cascade", 12), ("hash", 0)):
        ledger.add(what, bits)
    assert ledger.total == 43.5 and ledger.entries == (("cascade", 42), ("guard bands", 1.5), ("hash", 0))


@pytest.mark.parametrize("bits", [-1, -1e-9, float("nan"), float("inf")])
def test_nothing_is_taken_back(bits):
    ledger = LeakageLedger()
    ledger.add("cascade", 5)
    with pytest.raises(ParameterError, match="must be at least 0"):
        ledger.add("cascade", bits)
    assert ledger.total == 5
