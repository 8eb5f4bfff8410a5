"""Reads a whole Rasa project: domain, NLU examples, stories, rules, config. Files are the truth.

What this version does not know is refused, not passed over: a step that nobody follows is worse than an error. All problems
are told at once, each with file, line, what is wrong and what would be right.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.rasa.domain import Domain, read_domain
from bot.rasa.nlu import read_nlu
from bot.rasa.nodes import Reader, View
from bot.rasa.project import Component, Place, Project, Story
from bot.rasa.stories import read_rules, read_stories, read_test_stories
from kernel.errors import JingyinError

_CONFIG_KEYS: Final = ("recipe", "language", "assistant_id", "pipeline", "policies", "version", "platform")
_DATA_KEYS: Final = ("version", "nlu", "stories", "rules")


class AssistantInvalid(JingyinError):
    """Files of an assistant are wrong; `problems` has a line for each place."""

    code = "bot.assistant_invalid"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            "\n".join(problems), remedy="Nothing was loaded. What is read of the formats: docs/reference/assistants.md."
        )
        self.problems = list(problems)


def read_project(folder: Path) -> Project:
    """Read and check the project in `folder`: config.yml, domain.yml and data/**/*.yml.

    Raises:
        AssistantInvalid: files are missing or wrong; all problems at once.
    """
    if not folder.is_dir():
        raise AssistantInvalid([f"{folder}: there is no such folder"])
    reader = Reader(folder=folder)
    config = reader.load(folder / "config.yml")
    config.allow(_CONFIG_KEYS, "config.yml")
    for key in ("language", "assistant_id", "pipeline", "policies"):
        if not config.node.get(key):
            reader.problem(config.place, f"{key!r} is missing; Rasa would rewrite the file without it")
    domain = read_domain(reader, folder / "domain.yml")
    data = _data(reader, folder)
    nlu = read_nlu(data, domain) if data else None
    stories, rules = read_stories(data, domain), read_rules(data, domain)
    _check_names(reader, [*stories, *rules])
    if reader.problems or nlu is None:
        raise AssistantInvalid(reader.problems)
    return Project(
        name=folder.resolve().name,
        folder=folder,
        language=config.text("language"),
        pipeline=tuple(_components(config, "pipeline")),
        policies=tuple(_components(config, "policies")),
        intents=domain.intents,
        entities=nlu.entities(domain.entities),
        slots=domain.slots,
        responses=domain.responses,
        actions=domain.actions,
        forms=domain.forms,
        examples={intent: tuple(dict.fromkeys(texts)) for intent, texts in nlu.examples.items()},
        synonyms=nlu.synonyms,
        stories=tuple(stories),
        rules=tuple(rules),
        domain=domain.place,
        config=config.place,
    )


def read_tests(project: Project, path: Path) -> list[Story]:
    """The test stories of a file (Rasa's tests/test_*.yml).

    Raises:
        AssistantInvalid: the file is missing or wrong.
    """
    reader = Reader(folder=project.folder)
    domain = Domain(
        place=project.domain,
        intents=dict(project.intents),
        entities=tuple(project.entities),
        slots=dict(project.slots),
        forms=dict(project.forms),
        actions=project.actions,
        responses=dict(project.responses),
    )
    stories = read_test_stories(reader, path, domain)
    if reader.problems:
        raise AssistantInvalid(reader.problems)
    return stories


def _data(reader: Reader, folder: Path) -> list[View]:
    paths = sorted((folder / "data").glob("**/*.yml"))
    if not paths:
        reader.problems.append(f"{reader.name(folder / 'data')}: there are no *.yml files in it")
    views = [reader.load(path) for path in paths]
    for view in views:
        view.allow(_DATA_KEYS, "a data file")
    return views


def _components(config: View, key: str) -> list[Component]:
    found = []
    for view in config.views(key, f"an entry of {key!r}"):
        settings = {str(name): value for name, value in view.node.items() if name != "name"}
        found.append(Component(name=view.text("name"), settings=settings, place=view.place))
    return found


def _check_names(reader: Reader, stories: Sequence[Story]) -> None:
    """A name tells a person which story chose an answer: no two may share one."""
    places: dict[str, Place] = {}
    for story in stories:
        before = places.setdefault(story.name, story.place)
        if before != story.place:
            reader.problem(story.place, f"the name {story.name!r} is taken, at {before}")
