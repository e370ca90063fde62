# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells systemd how the process is: sd_notify(3), which is one datagram of text."""

import logging
import os
import socket

logger = logging.getLogger(__name__)


class Systemd:
    """The service manager that started this process; everything is a no-op where none did."""

    def __init__(self) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        if self._address.startswith("@"):  # an abstract socket
            self._address = "\0" + self._address[1:]

    def ready(self, status: str) -> None:
        """The process is up, or up again after ``reloading``."""
        self._notify(f"READY=1\nSTATUS={status}")

    def alive(self, status: str) -> None:
        """The process goes round; without this within WatchdogSec it is killed and restarted."""
        self._notify(f"WATCHDOG=1\nSTATUS={status}")

    def stopping(self) -> None:
        """The process ends on purpose."""
        self._notify("STOPPING=1")

    def _notify(self, text: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as one:
                one.settimeout(1)
                one.sendto(text.encode(), self._address)
        except OSError as error:
            logger.warning("systemd can't be told: %s", error.strerror)
