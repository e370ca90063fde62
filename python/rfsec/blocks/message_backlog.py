# SPDX-License-Identifier: GPL-3.0-or-later
"""How many messages wait at the listeners of a port: GNU Radio's message queues have no end of their own."""

from weakref import WeakSet

import pmt

_listeners: WeakSet = WeakSet()


def announce(block) -> None:
    """Let publishers see the queue of ``block``, and wait for it where their source can wait."""
    _listeners.add(block)


def backlog(block, port) -> int:
    """The longest queue of the announced blocks that listen to ``port`` of ``block``, in messages."""
    longest, subscribers = 0, block.message_subscribers(port)
    while pmt.is_pair(subscribers):
        target, subscribers = pmt.car(subscribers), pmt.cdr(subscribers)
        for one in list(_listeners):
            if pmt.eqv(one.alias_pmt(), pmt.car(target)):
                longest = max(longest, one.gateway.nmsgs(pmt.cdr(target)))
    return longest
