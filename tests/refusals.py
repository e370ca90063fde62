# SPDX-License-Identifier: GPL-3.0-or-later
"""What a recording that can't be opened says."""

import pytest
from gnuradio.rfsec.errors import RecordingError
from gnuradio.rfsec.recordings.recording import open_recording


def refusal(path, **options) -> str:
    """Return the message with which a file is refused, having checked its form."""
    with pytest.raises(RecordingError) as caught:
        open_recording(path, **options)
    message = str(caught.value)
    assert "\n" not in message and len(message) < 600
    return message
