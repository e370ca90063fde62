# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of blocks share: a source that cuts a stream as told, and a run that can't hang the tests."""

import threading

import numpy as np
import pmt
import pytest
from gnuradio import gr

RUN_DEADLINE_S = 20
#: A symbol of the bytes ff fe, which are no text: blocks in C++, and whoever serves a stream with tags, can make one.
NO_TEXT = pmt.deserialize_str(b"\x02\x00\x02\xff\xfe")


class ChunkedSource(gr.sync_block):
    """Emits ``items`` with ``tags`` (offset, key, value), whose keys are text or PMT symbols, at most ``sizes[i]`` items in call i, the sizes repeated."""

    def __init__(self, items: np.ndarray, sizes=(1 << 20,), tags=()):
        kind = items.dtype.type if items.ndim == 1 else (items.dtype.type, items.shape[1])
        gr.sync_block.__init__(self, "Chunked Source", [], [kind])
        self._items, self._sizes, self._tags = items, sizes, sorted(tags, key=lambda tag: tag[0])
        self._sent = self._calls = 0

    def work(self, input_items, output_items):
        count = min(len(output_items[0]), self._sizes[self._calls % len(self._sizes)], len(self._items) - self._sent)
        if not count:
            return -1
        output_items[0][:count] = self._items[self._sent:self._sent + count]
        while self._tags and self._tags[0][0] < self._sent + count:
            offset, key, value = self._tags.pop(0)
            self.add_item_tag(0, offset, pmt.intern(key) if isinstance(key, str) else key, value)
        self._sent += count
        self._calls += 1
        return count


class ArraySink(gr.sync_block):
    """Keeps every item of one output of a Python block, and its tags."""

    def __init__(self, block, port: int = 0):
        kind = block.out_sig().port_types(port + 1)[port]
        gr.sync_block.__init__(self, "Array Sink", [kind], [])
        self._parts = [np.empty((0, *kind.shape), kind.base)]
        self._tags = []

    def work(self, input_items, output_items):
        first = self.nitems_read(0)
        self._parts.append(input_items[0].copy())
        for tag in self.get_tags_in_range(0, first, first + len(input_items[0])):
            self._tags.append((tag.offset, pmt.symbol_to_string(tag.key), pmt.to_python(tag.value)))
        return len(input_items[0])

    def items(self) -> np.ndarray:
        return np.concatenate(self._parts)

    def tags(self) -> list:
        """The tags as (offset, key, value), sorted by offset and key."""
        return sorted(self._tags, key=lambda tag: tag[:2])


class RecordCollector(gr.basic_block):
    """Keeps the messages that it gets on its one port."""

    def __init__(self, port: str = "decisions"):
        gr.basic_block.__init__(self, "Record Collector", [], [])
        self.messages, self._port = [], pmt.intern(port)
        self.message_port_register_in(self._port)
        self.set_msg_handler(self._port, self._take)

    def _take(self, message):
        self.messages.append(message)

    def stop(self):
        while (message := self.gateway.delete_head_nowait(self._port)) is not None and not pmt.is_null(message):
            self.messages.append(message)
        return True


def run(top, max_items: int = 100_000_000, deadline_s: float = RUN_DEADLINE_S, meanwhile=lambda: None) -> None:
    """Run ``top`` to the end of its sources; an exception inside a block stops its thread, and would wait for ever.

    ``meanwhile`` is called once while it runs.
    """
    top.start(max_items)
    meanwhile()
    waiting = threading.Thread(target=top.wait, daemon=True)
    waiting.start()
    waiting.join(deadline_s)
    if waiting.is_alive():
        top.stop()
        waiting.join(deadline_s)
        pytest.fail(f"The flowgraph did not end within {deadline_s} s.")


def run_chain(items, *chain, sizes=(1 << 20,), tags=(), max_items: int = 100_000_000, buffer: int = 0):
    """Send ``items`` through ``chain``; return what comes out, [n, ...], and its tags as (offset, key, value)."""
    top, source, sink = gr.top_block(), ChunkedSource(items, sizes, tags), ArraySink(chain[-1])
    if buffer:
        for block in (source, *chain):
            block.set_max_output_buffer(buffer)
    top.connect(source, *chain, sink)
    run(top, max_items)
    return sink.items(), sink.tags()


def complex_noise(count: int, seed: int = 1) -> np.ndarray:
    """complex64 Gaussian noise of unit power."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(count, 2)) / np.sqrt(2)).astype(np.float32).view(np.complex64)[:, 0].copy()


def rx_time(time_ns: int):
    """The value of an ``rx_time`` tag."""
    return pmt.make_tuple(pmt.from_uint64(time_ns // 1_000_000_000), pmt.from_double(time_ns % 1_000_000_000 * 1e-9))
