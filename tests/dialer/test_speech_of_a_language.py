"""Which model and voice an assistant gets, by its language and the settings."""

from pathlib import Path

import pytest

from dialer.wiring.speech import base_model, voice_of
from kernel.settings import SettingsError, load_settings
from speech.synthesis import Voice


def test_model_and_voice_are_those_of_the_assistants_language():
    settings = load_settings(None, env={})
    assert [base_model(settings, lang).name for lang in ("en", "zh")] == ["vosk_micro_en", "vosk_micro_zh"]
    assert voice_of(settings, "en") == Voice(name="en-us+f3", rate_wpm=165)
    assert voice_of(settings, "zh") == Voice(name="cmn+f2", rate_wpm=280)


def test_a_model_is_set_for_its_language_and_the_other_keeps_its_own(tmp_path: Path):
    config = tmp_path / "config.yml"
    config.write_text("platform:\n  speech:\n    models: {zh: big-zh}\n", encoding="utf-8")
    (tmp_path / "big-zh").mkdir()
    settings = load_settings(config)
    assert base_model(settings, "zh") == tmp_path / "big-zh"
    assert base_model(settings, "en").name == "vosk_micro_en"
    both = load_settings(config, env={"JINGYIN_SPEECH__MODELS__EN": "/models/en"})
    assert [base_model(both, lang) for lang in ("en", "zh")] == [Path("/models/en"), tmp_path / "big-zh"]


def test_a_model_for_no_language_or_for_one_there_is_not_is_refused_with_its_place(tmp_path: Path):
    config = tmp_path / "config.yml"
    for wrong, says in (
        ("model: big", f"{config}:3: platform.speech.model: unknown key; did you mean `models`?"),
        (
            "models: {fr: big}",
            f"{config}:3: platform.speech.models: fr: is no language of the platform; there are: en, zh",
        ),
    ):
        config.write_text(f"platform:\n  speech:\n    {wrong}\n", encoding="utf-8")
        with pytest.raises(SettingsError) as refused:
            load_settings(config)
        assert refused.value.problems == [says]


def test_a_voice_that_is_set_holds_for_every_language():
    settings = load_settings(None, env={"JINGYIN_TTS__VOICE": "cmn+m1", "JINGYIN_TTS__RATE_WPM": "200"})
    assert voice_of(settings, "en") == Voice(name="cmn+m1", rate_wpm=200)
