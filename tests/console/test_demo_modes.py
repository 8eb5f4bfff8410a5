"""Which assistant and customers a demo of a mode and language has."""

from pathlib import Path

import pytest

from bot.rasa.reader import read_project
from console.demo.modes import DEMOS, NoSuchDemo, demo_of
from dialer.template import filled
from simulation.personas import read_personas


@pytest.mark.parametrize(("mode", "lang"), DEMOS)
def test_assistant_and_customers_speak_the_language(mode: str, lang: str):
    demo = demo_of(mode, lang)
    project = read_project(demo.folder)
    assert (project.name, project.language) == (demo.assistant, lang)
    assert read_personas(Path(demo.personas)).lang == lang
    filled(project, demo.attributes, where="the lead")  # nothing that its sentence says is missing or unmasked


def test_every_mode_has_every_language():
    assert {lang for _, lang in DEMOS} == {"en", "zh"}
    assert {(mode, lang) for mode, _ in DEMOS for lang in ("en", "zh")} == set(DEMOS)


def test_a_demo_there_is_none_of_is_refused_with_those_there_are():
    with pytest.raises(NoSuchDemo, match="no demo of mode 'three_stage' in 'fr'"):
        demo_of("three_stage", "fr")
