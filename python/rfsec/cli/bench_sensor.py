# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec bench sensor``: a whole sensor on one core, with a subscriber: its speed, its memory, and what it sends, as JSON."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from ..dsp.sweep_grid import SweepGrid
from ..errors import OutputError
from .bench_rounds import check_seconds, rounded

BAND_HZ, DWELL_S, PASSES, SEED = (90e6, 110e6), 0.05, 4, 1
CARRIERS_HZ = ((90.4e6, 180e3), (92.1e6, 180e3), (93.3e6, 180e3), (94e6, 25e3), (94.2e6, 25e3), (101e6, 9e6), (107.2e6, 180e3), (109e6, 200e3))
_WARM_S, _STARTS_WITHIN_S, _ENDS_WITHIN_S = 20.0, 60.0, 60.0


def bench_sensor(
    seconds: Annotated[float, typer.Option(help="Length of the run, from the first answer to the subscriber.")] = 60.0,
    speed: Annotated[float | None, typer.Option(help="Times real time; by default as fast as one core goes.")] = None,
    model: Annotated[str, typer.Option(help="Name of a shipped classifier of technologies, or an .onnx file.")] = "default-technology",
) -> None:
    """Replay a generated sweep of 20 MHz at 2.4 MS/s, of 8 carriers, round and round, and collect its decisions. Prints JSON."""
    check_seconds(seconds=seconds)
    from ..keygen.identity import Identity, write_identity
    from ..sensor.decision_log import DecisionLog
    from ..sensor.subscriber import Subscriber

    own, sensor = Identity.generate(), Identity.generate()
    with tempfile.TemporaryDirectory() as name, Console(stderr=True).status(f"{seconds:g} s"):
        folder = Path(name)
        write_recording(folder / "sweep", SweepGrid(*BAND_HZ))
        for file, identity in (("sensor", sensor), ("collector", own)):
            write_identity(folder / file, identity)
        endpoint = f"tcp://127.0.0.1:{_free_port()}"
        replay = {"path": "sweep.sigmf-meta", "loop": True} | ({} if speed is None else {"speed": speed})
        zmq = {"endpoint": endpoint, "identity": "sensor", "clients": ["collector.pub"]}
        (folder / "sensor.yaml").write_text(json.dumps({  # JSON is YAML
            "bands": [{"start_hz": BAND_HZ[0], "stop_hz": BAND_HZ[1]}], "source": {"replay": replay}, "models": {"technology": str(model)},
            "output": {"zmq": zmq}, "spool": {"path": "spool.db"}}))
        with DecisionLog(folder / "collected.jsonl") as log, Subscriber(endpoint, own, sensor.public, log) as subscriber:
            records, missed = _run(folder / "sensor.yaml", seconds, subscriber)
        numbers = [json.loads(line)["sequence"] for line in (folder / "collected.jsonl").open()]
    gaps = len(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
    print(json.dumps({"model": model, **_figures(records), "collected": len(numbers), "missed": max(missed, gaps),
                      "doubled": len(numbers) - len(set(numbers))}, indent=2))


def write_recording(path: Path, grid: SweepGrid) -> None:
    """Write `PASSES` over the band of `grid` as SigMF of int16, `DWELL_S` at each step: noise, and carriers of noise 25 dB above it."""
    rng, captures, count = np.random.default_rng(SEED), [], round(DWELL_S * grid.sample_rate_hz)
    with path.with_suffix(".sigmf-data").open("wb") as file:
        for number, freq_hz in enumerate(np.tile(grid.centres_hz, PASSES)):
            captures.append({"core:sample_start": number * count, "core:frequency": freq_hz})
            spectrum = rng.normal(size=(count, 2)).view(complex)[:, 0]
            bins_hz = freq_hz + np.fft.fftfreq(count, 1 / grid.sample_rate_hz)
            for carrier_hz, width_hz in CARRIERS_HZ:
                spectrum[np.abs(bins_hz - carrier_hz) < width_hz / 2] *= 10 ** (25 / 20)
            samples = np.fft.ifft(spectrum, norm="ortho")
            np.round(samples.view(float) * 500).clip(-32768, 32767).astype("<i2").tofile(file)
    path.with_suffix(".sigmf-meta").write_text(json.dumps({
        "global": {"core:datatype": "ci16_le", "core:sample_rate": grid.sample_rate_hz, "core:version": "1.0.0"}, "captures": captures,
        "annotations": []}))


def _run(config: Path, seconds: float, subscriber) -> tuple[list[dict], int]:
    """The health records of a sensor that runs so long in a process of its own, on one core, and decisions that were missed."""
    core = min(os.sched_getaffinity(0))
    with tempfile.TemporaryFile("w+") as said:  # a pipe that nobody reads meanwhile is full some day
        process = subprocess.Popen([sys.executable, "-m", __package__, "sensor", str(config)], stdout=said,
                                   preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        ends, missed, answered = time.monotonic() + _STARTS_WITHIN_S, 0, False
        try:
            while time.monotonic() < ends and process.poll() is None:
                received = subscriber.receive(1.0)
                missed += received.missed if received else 0
                if received and not answered:
                    ends, answered = time.monotonic() + seconds, True
            process.send_signal(signal.SIGTERM)
            process.wait(_ENDS_WITHIN_S)
        finally:
            process.kill()
        if process.returncode:
            raise OutputError("The sensor failed; what it said stands above.")
        said.seek(0)
        return [json.loads(line) for line in said], missed


def _figures(records: list[dict]) -> dict:
    """What a sensor's health records say of the time after the source was found. Raises OutputError where there was no such time."""
    running = [one for one in records if one["source"]["state"] == "running"]
    if not running or running[0]["uptime_s"] == running[-1]["uptime_s"]:
        raise OutputError("The sensor must run to be measured, and had no time to. Name more --seconds, or leave it a core of its own.")
    first, last = running[0], running[-1]
    warm = next((one for one in running if one["uptime_s"] >= _WARM_S), first)
    wall_s, sampled_s = last["uptime_s"] - first["uptime_s"], (last["samples"] - first["samples"]) / SweepGrid.sample_rate_hz
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": rounded(wall_s), "times_real_time": rounded(sampled_s / wall_s),
            "cpu_share": rounded((used.ru_utime + used.ru_stime) / last["uptime_s"]),
            "sweeps": last["sweeps"], "decisions": last["decisions"], "decisions_per_s": rounded(last["decisions"] / last["uptime_s"]),
            "sent_bytes_over_sample_bytes": rounded(1 / last["reduction"]) if last["reduction"] else None, "required": 0.001,
            "memory_mib": rounded(last["memory_bytes"] / 2**20), "memory_growth": rounded(last["memory_bytes"] / warm["memory_bytes"] - 1),
            "lost": last["lost"], "dropped": last["dropped"], "undecided": last["undecided"], "errors": last["errors"]}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
