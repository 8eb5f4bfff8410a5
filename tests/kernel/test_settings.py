"""Settings: layers, places, and errors one can act on."""

from pathlib import Path

import pytest

from kernel.settings import SettingsError, load_settings
from kernel.settings_reference import reference
from kernel.shipped import shipped

PAGE = shipped("docs/reference/settings.md")


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def problems(*args: object, **kwargs: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(*args, **kwargs)  # type: ignore[arg-type]  # the caller's own
    return caught.value.problems


def test_without_any_file_the_defaults_hold() -> None:
    settings = load_settings(None)
    assert (settings.console.host, settings.console.port) == ("127.0.0.1", 8765)
    assert len(settings.storage.urls("customer")) == 4


def test_later_sources_win_and_sections_are_merged(tmp_path: Path) -> None:
    config = written(tmp_path / "config.yml", "language: en\nplatform:\n  dialer:\n    max_calls: 2\n    drain_s: 5\n")
    site = written(tmp_path / "site.yml", "platform:\n  dialer:\n    max_calls: 3\n")
    env = {"JINGYIN_DIALER__DRAIN_S": "7", "HOME": "/nowhere", "JINGYIN_LANG": "zh"}
    settings = load_settings(config, site, env)
    assert (settings.dialer.max_calls, settings.dialer.drain_s, settings.lang) == (3, 7.0, "zh")


def test_a_mapping_within_a_section_is_replaced_whole(tmp_path: Path) -> None:
    config = written(
        tmp_path / "config.yml", "platform: {storage: {shards: {customer: {0-511: 'a://', 512-1023: 'b://'}}}}"
    )
    site = written(tmp_path / "site.yml", "platform: {storage: {shards: {customer: {0-1023: 'c://'}}}}")
    assert load_settings(config, site).storage.urls("customer") == {(0, 1023): "c://"}


def test_relative_paths_count_from_the_folder_of_the_config(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path / "config.yml", "language: en\n"))
    assert settings.storage.directory == tmp_path / "var"
    assert str(tmp_path / "var" / "customer-0.db") in settings.storage.urls("customer")[0, 255]


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_name(tmp_path: Path) -> None:
    config = written(tmp_path / "config.yml", "language: en\nplatform:\n  dialer:\n    ring_timout_s: 20\n")
    assert problems(config) == [
        f"{config}:4: platform.dialer.ring_timout_s: unknown key; did you mean `ring_timeout_s`?"
    ]


def test_an_unknown_section_lists_the_known_ones(tmp_path: Path) -> None:
    config = written(tmp_path / "config.yml", "platform:\n  zzz: 1\n")
    (problem,) = problems(config)
    assert problem.startswith(f"{config}:2: platform.zzz: unknown key; allowed are: lang, ")


def test_an_unknown_variable_is_refused_by_its_name() -> None:
    (problem,) = problems(None, env={"JINGYIN_DIALER__MAX_CALL": "3"})
    assert problem == (
        "environment variable JINGYIN_DIALER__MAX_CALL: platform.dialer.max_call: unknown key; "
        "did you mean `max_calls`?"
    )


def test_a_number_in_a_variable_stays_text_where_text_is_wanted() -> None:
    settings = load_settings(None, env={"JINGYIN_DIALER__CALLER_ID": "+4930123456"})
    assert settings.dialer.caller_id == "+4930123456"


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    config = written(tmp_path / "config.yml", "platform:\n  dialer:\n    ring_timeout_s: 5\n  lang: fr\n")
    first, second = sorted(problems(config))
    assert first.startswith(f"{config}:3: platform.dialer.ring_timeout_s: input should be greater than or equal to 15")
    assert second.startswith(f"{config}:4: platform.lang: input should be 'en' or 'zh'")


@pytest.mark.parametrize(
    ("ranges", "what"),
    [
        ("{0-511: a, 768-1023: b}", "customer: slots 512-767 are missing"),
        ("{0-511: a, 511-1023: b}", "customer: slot 511 belongs to two shards"),
        ("{0-511: a}", "customer: slots 512-1023 are missing"),
        ("{0-2000: a}", "'0-2000' is not within 0-1023"),
        ("{all: a}", "'all' is not a slot range like 0-1023"),
    ],
)
def test_a_shard_map_with_a_hole_or_an_overlap_is_refused(tmp_path: Path, ranges: str, what: str) -> None:
    config = written(tmp_path / "config.yml", f"platform:\n  storage:\n    shards:\n      customer: {ranges}\n")
    assert problems(config) == [f"{config}:3: platform.storage.shards: {what}"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("platform: [1]\n", ":1: platform: must be a mapping of sections"),
        ("- 1\n", ":1: must be a mapping with the key `platform:`"),
        ("a: 1\nb: {\n", ": is not valid YAML"),
        ("a: 1\na: 2\n", ": is not valid YAML"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str, what: str) -> None:
    (problem,) = problems(written(tmp_path / "config.yml", text))
    assert problem.startswith(str(tmp_path / "config.yml"))
    assert what in problem


def test_a_missing_file_and_a_binary_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "binary.yml").write_bytes(b"\xff\xfe\x00")
    first, second = problems(tmp_path / "none.yml", tmp_path / "binary.yml")
    assert first.endswith("none.yml: cannot be read: No such file or directory")
    assert second.endswith("binary.yml: is not UTF-8 text")


def test_a_wrong_value_is_not_repeated_in_the_message() -> None:
    secret = "mysql://user:hunter2@db/x"
    (problem,) = problems(None, env={"JINGYIN_STORAGE__EPOCH": secret})
    assert "hunter2" not in problem


@pytest.mark.skipif(not PAGE.exists(), reason="the reference page is part of the source tree only")
def test_the_reference_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run `make docs`"


def test_every_setting_says_what_it_is() -> None:
    assert "| None |" not in reference()
    for line in reference().splitlines():
        if line.startswith("| `platform."):
            assert line.rsplit("|", 2)[1].strip(), line
