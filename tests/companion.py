# SPDX-License-Identifier: GPL-3.0-or-later
"""GNU Radio Companion without its window: the blocks of this source tree, and flowgraphs made of them."""

from functools import cache
from pathlib import Path

from gnuradio import gr
from gnuradio.grc.core.platform import Platform

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.grc"))


@cache
def companion() -> Platform:
    """The Companion's library: Debian's blocks, then those in grc/."""
    platform = Platform(name="tests", prefs=gr.prefs(), version=gr.version(),
                        version_parts=(gr.major_version(), gr.api_version(), gr.minor_version()))
    platform.build_library([*platform.config.block_paths, str(ROOT / "grc")])
    return platform


def new_flowgraph():
    """An empty flowgraph without a window, as the Companion's File, New makes it."""
    flowgraph = companion().make_flow_graph()
    flowgraph.import_data(companion().parse_flow_graph(None))
    return flowgraph


def load(path: Path):
    """The flowgraph of a .grc file, validated."""
    flowgraph = companion().make_flow_graph()
    flowgraph.import_data(companion().parse_flow_graph(str(path)))
    return validated(flowgraph)


def validated(flowgraph):
    """The flowgraph after the Companion has evaluated and checked it."""
    flowgraph.rewrite()
    flowgraph.validate()
    return flowgraph


def complaints(flowgraph) -> list[str]:
    """What the Companion would show in red, one line each; empty for a valid flowgraph."""
    return [f"{element}: {message}" for element, message in flowgraph.iter_error_messages()]
