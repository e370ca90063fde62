# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sensor is told: the fields of its configuration, their ranges, and their defaults."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from ..dsp.sweep_mean import MAX_SWEEPS
from .spool import MIN_BYTES

MAX_CLIENTS = 64


def _can_be_passed_on(name: str | Path) -> str | Path:
    if re.search("[\0\ud800-\udfff]", str(name)):
        raise ValueError("it can't hold a NUL or half of a surrogate pair")
    return name


def _from_its_folder(path: Path, info: ValidationInfo) -> Path:
    return (info.context or Path()) / path


def _file_or_name(model: str, info: ValidationInfo) -> str:
    return str(_from_its_folder(Path(model), info)) if model.endswith(".onnx") else model


# A relative name counts from the folder of the configuration.
File = Annotated[Path, AfterValidator(_can_be_passed_on), AfterValidator(_from_its_folder)]
Model = Annotated[str, Field(min_length=1), AfterValidator(_can_be_passed_on), AfterValidator(_file_or_name)]
Text = Annotated[str, AfterValidator(_can_be_passed_on)]
Hertz = Annotated[float, Field(gt=0, le=1e12)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Band(_Part):
    """A band to sweep, Hz."""

    start_hz: Hertz
    stop_hz: Hertz

    @model_validator(mode="after")
    def _rises(self):
        if self.start_hz >= self.stop_hz:
            raise ValueError("start_hz must be below stop_hz")
        return self


class Replay(_Part):
    """A recorded sweep: its captures are the steps. `speed` is in times of real time, None as fast as it goes; `loop` begins again at the end."""

    path: File
    speed: float | None = Field(default=None, gt=0, le=1e6)
    loop: bool = False


class Usrp(_Part):
    """A radio: its UHD device address and its gain, dB."""

    args: Text
    gain_db: float = Field(ge=-100, le=200)


class Source(_Part):
    """Where samples come from: one of the two. The radio stays `dwell_s` seconds at each step of a sweep."""

    replay: Replay | None = None
    usrp: Usrp | None = None
    dwell_s: float = Field(default=0.05, ge=0.005, le=10)

    @model_validator(mode="after")
    def _is_one(self):
        if (self.replay is None) == (self.usrp is None):
            raise ValueError("name either replay or usrp")
        return self


class Models(_Part):
    """Names of shipped models, or .onnx files. The technology is that of the mean of a band's newest `sweeps`. Bursts are looked at where
    `modulation` or a `gallery` of emitters is named."""

    technology: Model = "default-technology"
    sweeps: int = Field(default=1, ge=1, le=MAX_SWEEPS)
    modulation: Model | None = None
    gallery: File | None = None


class Thresholds(_Part):
    """What is an emission: `min_snr_db` above the noise, dB. What is told apart: `min_confidence`, beside the threshold of the model's
    card; below one of the two a decision is "unknown"."""

    min_snr_db: float = Field(default=6.0, ge=0, le=60)
    min_confidence: float = Field(default=0.0, ge=0, le=1)


class Zmq(_Part):
    """Delivery: where to bind, the sensor's identity, and the public halves of those who may subscribe."""

    endpoint: Text = Field(pattern=r"^tcp://.+:(\d+|\*)$")
    identity: File
    clients: list[File] = Field(min_length=1, max_length=MAX_CLIENTS)


class Output(_Part):
    """Where decisions go: a file of JSON lines, subscribers, or both."""

    jsonl: File | None = None
    zmq: Zmq | None = None

    @model_validator(mode="after")
    def _is_there(self):
        if self.jsonl is None and self.zmq is None:
            raise ValueError("name jsonl, zmq or both")
        return self


class SpoolSettings(_Part):
    """Where decisions wait for their consumers, and the size of that file, bytes."""

    path: File
    max_bytes: int = Field(default=64 << 20, ge=MIN_BYTES, le=1 << 40)


class SensorConfig(_Part):
    """A whole configuration."""

    bands: list[Band] = Field(min_length=1, max_length=64)
    source: Source
    models: Models = Models()
    thresholds: Thresholds = Thresholds()
    output: Output
    spool: SpoolSettings
