"""Settings: the shipped defaults, `platform:` in config.yml, `platform:` in a site file, environment variables; the
last that speaks wins.

A variable names its key with two underscores for each dot: `JINGYIN_DIALER__MAX_CALLS=6`. A key that does not exist is
refused, with file and line and the nearest that does. Relative paths count from the folder of config.yml; things that
come with Jingyin (models, assistants) are found wherever they were installed.
"""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from kernel.errors import JingyinError
from kernel.ids import SLOTS, WORKERS
from kernel.log import LogFormat
from kernel.settings_sources import Sources, describe, read_environment, read_yaml
from kernel.shipped import shipped

Lang = Literal["en", "zh"]
LANGUAGES: Final[tuple[str, ...]] = get_args(Lang)


class SettingsError(JingyinError):
    """A settings file or variable is wrong; `problems` has one line for each wrong place."""

    code = "kernel.settings_invalid"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems), remedy="All settings: docs/reference/settings.md. Nothing was started.")
        self.problems = problems


def _from_root(path: Path, info: ValidationInfo) -> Path:
    root: Path = (info.context or {}).get("root", Path())
    return path if path.is_absolute() else root / path


def _from_root_or_shipped(path: Path, info: ValidationInfo) -> Path:
    here = _from_root(path, info)
    return here if here.exists() else shipped(path)


RootedPath = Annotated[Path, AfterValidator(_from_root)]
ShippedPath = Annotated[Path, AfterValidator(_from_root_or_shipped)]


class Section(BaseModel):
    """A group of settings: immutable, knows all its keys. Every field carries a description for the reference page."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class ConsoleSettings(Section):
    """The HTTP API and the web app."""

    host: str = Field("127.0.0.1", description="IPv4 address to listen on; another than loopback needs `https`.")
    https: bool = Field(False, description="Speak TLS (docs/how-to/https.md).")
    certificate: RootedPath | None = Field(
        None, description="PEM file of the certificate for `https`; none: the platform makes its own."
    )
    key: RootedPath | None = Field(None, description="PEM file of the certificate's key, without a password.")
    names: list[str] = Field([], description="Further host names and addresses by which browsers reach it.")
    port: int = Field(8765, ge=0, le=65535, description="TCP port; 0 takes a free one.")


class StorageSettings(Section):
    """Where rows and files are kept."""

    directory: RootedPath = Field(Path("var"), description="Folder for SQLite files, recordings and caches.")
    epoch: int = Field(1, ge=1, description="Version of the shard map; raise it whenever `shards` changes.")
    shards: dict[str, dict[str, str]] = Field(
        default={
            "customer": {
                f"{first}-{first + 255}": f"sqlite:///{{directory}}/customer-{first // 256}.db"
                for first in range(0, SLOTS, 256)
            },
            "platform": {f"0-{SLOTS - 1}": "sqlite:///{directory}/platform.db"},
        },
        description="Domain -> slot range -> SQLAlchemy URL. `{directory}` stands for the folder above. The ranges of "
        "a domain cover the slots 0-1023 exactly once. Domains: `customer` (rows of a customer), `platform` "
        "(tenants, campaigns, people behind numbers, opt-outs).",
    )

    @field_validator("shards")
    @classmethod
    def _complete(cls, shards: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for domain, ranges in shards.items():
            expected = 0
            for first, last in sorted(slot_range(text) for text in ranges):
                if first > expected:
                    raise ValueError(f"{domain}: slots {expected}-{first - 1} are missing")
                if first < expected:
                    raise ValueError(f"{domain}: slot {first} belongs to two shards")
                expected = last + 1
            if expected != SLOTS:
                raise ValueError(f"{domain}: slots {expected}-{SLOTS - 1} are missing")
        return shards

    def urls(self, domain: str) -> dict[tuple[int, int], str]:
        """(first slot, last slot) -> SQLAlchemy URL of a domain, in slot order."""
        ranges = {slot_range(text): url for text, url in self.shards[domain].items()}
        return {key: ranges[key].replace("{directory}", str(self.directory)) for key in sorted(ranges)}


class SpeechSettings(Section):
    """Hearing."""

    recognizer: Literal["vosk", "pocketsphinx"] = Field("vosk", description="The recognition engine.")
    models: dict[str, ShippedPath] = Field(
        default={},
        description="Language (`en`, `zh`) -> directory of a Vosk model for assistants of that language. A language that is "
        "not named has the model that comes with Jingyin.",
    )
    processes: int = Field(1, ge=1, le=64, description="Recognition processes; one uses one core.")
    streams_per_process: int = Field(24, ge=1, le=500, description="Utterances at a time in one process.")

    @field_validator("models")
    @classmethod
    def _languages(cls, models: dict[str, Path]) -> dict[str, Path]:
        for lang in models:
            if lang not in LANGUAGES:
                raise ValueError(f"{lang}: is no language of the platform; there are: {', '.join(LANGUAGES)}")
        return models


class TtsSettings(Section):
    """Speaking."""

    engine: Literal["espeak"] = Field("espeak", description="The synthesis engine.")
    voice: str | None = Field(
        None, description="The engine's voice; none: `en-us+f3` for English, `cmn+f2` for Mandarin assistants."
    )
    rate_wpm: int | None = Field(
        None,
        ge=80,
        le=400,
        description="Words a minute, as the engine counts; none: 165 for English, 280 for Mandarin.",
    )
    pitch: int = Field(50, ge=0, le=99, description="0 low to 99 high.")


class QuotaSettings(Section):
    """The platform's own limits; a tenant or campaign can tighten them, never loosen."""

    window_from: time = Field(time(9, 0), description="Calls may begin from this time, on the customer's clock.")
    window_to: time = Field(time(20, 0), description="No call begins at or after this time; `00:00` is midnight.")
    attempts_per_day: int = Field(3, ge=1, le=50, description="Attempts a person gets in a day, over all tenants.")
    concurrency: int = Field(100, ge=1, description="Attempts of the whole platform at a time.")
    grant_ttl_s: float = Field(120, gt=0, description="Seconds after which a reserved, unused grant comes back.")


class DialerSettings(Section):
    """Calling."""

    worker_id: int = Field(0, ge=0, lt=WORKERS, description="This process's number, unique among running workers.")
    max_calls: int = Field(6, ge=1, le=1000, description="Calls at a time in this worker.")
    caller_id: str = Field("", description="Number shown to customers, in E.164 (`+` and digits).")
    ring_timeout_s: float = Field(25, ge=15, le=120, description="Seconds a number rings before it is given up.")
    drain_s: float = Field(60, ge=0, description="Seconds that running calls get to end after SIGTERM.")


class HandoffSettings(Section):
    """Putting a customer through to an agent."""

    offer_s: float = Field(10, gt=0, le=60, description="Seconds an agent has to accept.")
    hold_s: float = Field(30, gt=0, le=120, description="Seconds a customer waits at most before a callback is booked.")
    repeat_s: float = Field(8, gt=0, description="Seconds between the robot's words to a waiting customer.")
    phone_lost_s: float = Field(
        30, ge=0, le=120, description="Seconds a call is kept, with music, for an agent whose phone was lost."
    )
    wrap_up_s: float = Field(20, ge=0, description="Seconds an agent gets after a call before the next offer.")


class TalkSettings(Section):
    """Talking to the robot in the console, as its customer. Nothing of it is a call."""

    per_user: int = Field(2, ge=1, description="Talks a user may have at a time.")
    per_tenant: int = Field(8, ge=1, description="Talks a tenant's users may have at a time, together.")
    idle_s: float = Field(180, gt=0, description="Seconds without a word or key after which a typed talk ends.")
    longest_s: float = Field(600, gt=0, description="Seconds after which the robot says goodbye.")


class GatewaySettings(Section):
    """Where calls are placed: an exchange that speaks our signalling lines and AudioSocket."""

    host: str = Field("127.0.0.1", description="The exchange's address.")
    port: int = Field(9091, ge=1, le=65535, description="TCP port of its signalling.")


class RecordingSettings(Section):
    """Recordings of calls, a stereo file each: the customer left, what they hear right."""

    enabled: bool = Field(True, description="Record every answered call.")
    directory: RootedPath | None = Field(None, description="Folder; none: `recordings` below the storage directory.")
    keep_days: int = Field(180, ge=0, description="Days after which a recording is deleted; 0 keeps it for ever.")


class LogSettings(Section):
    """What the process writes to stderr."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is written.")
    format: LogFormat = Field(LogFormat.JSON, description="`json`, or `text` for people at a terminal.")
    show_pii: bool = Field(False, description="Write personal data in clear. Never in production.")


class Settings(Section):
    """Everything that can be set. Immutable."""

    lang: Lang = Field("en", description="Language of the platform's own prompts and default models.")
    assistants: dict[str, ShippedPath] = Field(
        default={"course_en": Path("bot/assistants/course_en")},
        description="Name -> folder of a Rasa project.",
    )
    console: ConsoleSettings = Field(default_factory=ConsoleSettings)
    storage: StorageSettings = Field(default_factory=StorageSettings)
    speech: SpeechSettings = Field(default_factory=SpeechSettings)
    tts: TtsSettings = Field(default_factory=TtsSettings)
    quota: QuotaSettings = Field(default_factory=QuotaSettings)
    dialer: DialerSettings = Field(default_factory=DialerSettings)
    handoff: HandoffSettings = Field(default_factory=HandoffSettings)
    talk: TalkSettings = Field(default_factory=TalkSettings)
    gateway: GatewaySettings = Field(default_factory=GatewaySettings)
    recording: RecordingSettings = Field(default_factory=RecordingSettings)
    log: LogSettings = Field(default_factory=LogSettings)

    @property
    def recordings(self) -> Path:
        """The folder of recordings."""
        return self.recording.directory or self.storage.directory / "recordings"


def slot_range(text: str) -> tuple[int, int]:
    """`"0-255"` -> (0, 255).

    Raises:
        ValueError: it is not two slots in order.
    """
    first, dash, last = text.partition("-")
    if not (dash and first.strip().isdecimal() and last.strip().isdecimal()):
        raise ValueError(f"{text!r} is not a slot range like 0-{SLOTS - 1}")
    if not 0 <= int(first) <= int(last) < SLOTS:
        raise ValueError(f"{text!r} is not within 0-{SLOTS - 1}")
    return int(first), int(last)


def load_settings(
    config: Path | None, site: Path | None = None, env: Mapping[str, str] | None = None, *, root: Path | None = None
) -> Settings:
    """Read all sources, later ones over earlier ones; `root` (default: config's folder) is where relative paths begin.

    Raises:
        SettingsError: a file is missing or no YAML, a key is unknown, or a value is wrong; all problems at once.
    """
    sources = Sources()
    for path in (config, site):
        if path is not None:
            read_yaml(path, sources)
    read_environment(env or {}, sources)
    if sources.problems:
        raise SettingsError(sources.problems)
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            sources.values.setdefault(name, {})  # so that its relative paths see the root
    if root is None:
        root = config.parent if config is not None else Path()
    try:
        return Settings.model_validate(sources.values, context={"root": root.absolute()})
    except ValidationError as exc:
        # from None: pydantic's own text repeats the values, which may be passwords
        raise SettingsError(describe(exc, Settings, sources.origins)) from None
