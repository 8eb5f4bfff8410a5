"""Which model and voice an assistant gets, by its language and the settings."""

from pathlib import Path

from dialer.wiring.speech import base_model, voice_of
from kernel.settings import load_settings
from speech.synthesis import Voice


def test_model_and_voice_are_those_of_the_assistants_language():
    settings = load_settings(None, env={})
    assert [base_model(settings, lang).name for lang in ("en", "zh")] == ["vosk_micro_en", "vosk_micro_zh"]
    assert voice_of(settings, "en") == Voice(name="en-us+f3", rate_wpm=165)
    assert voice_of(settings, "zh") == Voice(name="cmn+f2", rate_wpm=280)


def test_what_is_set_holds_for_every_language(tmp_path: Path):
    set_ = {"JINGYIN_TTS__VOICE": "cmn+m1", "JINGYIN_TTS__RATE_WPM": "200", "JINGYIN_SPEECH__MODEL": str(tmp_path)}
    settings = load_settings(None, env=set_)
    assert base_model(settings, "zh") == tmp_path
    assert voice_of(settings, "en") == Voice(name="cmn+m1", rate_wpm=200)
