"""Reading a Rasa project: what is read, and that every mistake is told with file, line and what would be right."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.rasa.project import MappingKind, Step, StepKind
from bot.rasa.reader import AssistantInvalid, read_project, read_tests
from speech.prompt import Move
from tests.bot.projects import FILES, write_project


def test_a_project_is_read(tmp_path):
    project = read_project(write_project(tmp_path))
    assert (project.name, project.language) == ("small", "en")
    assert project.examples["ask_price"] == ("how much in boston", "how much in the big apple")
    assert project.synonyms == {"the big apple": "new york", "beantown": "boston"}
    assert project.entities["city"].phrases == ("boston", "the big apple", "beantown", "chicago")
    assert project.intents["affirm"].means == "yes"
    assert project.slots["city"].mappings[0].kind is MappingKind.ENTITY
    assert project.responses["utter_greet"][0].moves == (Move.GREETING,)
    assert project.responses["utter_ask_city"][0].expectation.patience.open_ms == 700
    assert [step.token for step in project.stories[0].steps] == [
        *("intent:greet", "action:utter_greet", "intent:ask_price", "action:city_form", "loop:city_form"),
    ]


def test_an_or_becomes_two_stories(tmp_path):
    change = ("      - intent: greet\n", "      - or:\n          - intent: greet\n          - intent: deny\n")
    stories = read_project(write_project(tmp_path, stories=change)).stories
    assert [story.steps[0].name for story in stories] == ["greet", "deny"]


def test_a_slot_that_was_set_may_be_any_value_but_none(tmp_path):
    change = ("      - intent: greet\n", "      - intent: greet\n      - slot_was_set:\n          - city\n")
    step = read_project(write_project(tmp_path, stories=change)).stories[0].steps[1]
    assert step.kind is StepKind.SLOT
    assert step.value == "boston"
    assert step.value != None  # the comparison is what is tested
    assert (None == step.value) is False


BROKEN = [
    ("stories", ("intent: greet", "intent: greeet"), "small/data/stories.yml:5: unknown intent 'greeet'; did you mean 'greet'?"),
    ("stories", ("action: utter_greet", "action: utter_gret"), "small/data/stories.yml:6: unknown action 'utter_gret': no response, action or form; did you mean 'utter_greet'?"),
    ("stories", ("active_loop: city_form", "active_loop: town_form"), "small/data/stories.yml:9: unknown form 'town_form'; did you mean 'city_form'?"),
    ("stories", ("      - intent: greet", "      - slot_was_set:\n          - town: x"), "small/data/stories.yml:6: unknown slot 'town'; known: city"),
    ("stories", ("      - intent: greet", "      - checkpoint: x"), "small/data/stories.yml:5: 'checkpoint' is not read by this version: write the story out"),
    ("stories", ("      - intent: greet", "      - intnt: greet"), "small/data/stories.yml:5: unknown step 'intnt'"),
    ("stories", ("      - intent: greet", "      - greet"), "small/data/stories.yml:5: a step wants a key"),
    ("stories", ("  - story: price", "  - stroy: price"), "small/data/stories.yml:3: unknown key 'stroy' of a story; did you mean 'story'?"),
    ("stories", ("story: price", "story: begin"), "small/data/rules.yml:3: the name 'begin' is taken, at small/data/stories.yml:3"),
    ("stories", ("stories:\n", "stories: none\nrest:\n"), "small/data/stories.yml:2: 'stories' wants a list"),
    ("rules", ("    steps:", "    condition:\n      - intent: greet\n    steps:"), "small/data/rules.yml:4: a condition is a slot_was_set or an active_loop"),
    ("rules", ("    steps:\n", "    conditions: []\n    steps:\n"), "small/data/rules.yml:4: unknown key 'conditions' of a rule; did you mean 'condition'?"),
    ("rules", ("rules:", "rulez:"), "small/data/rules.yml:2: unknown key 'rulez' of a data file; did you mean 'rules'?"),
    ("nlu", ("intent: deny", "intent: denie"), "small/data/nlu.yml:11: examples of an unknown intent 'denie'; did you mean 'deny'?"),
    ("nlu", ("- never", "never"), "small/data/nlu.yml:14: an example begins with '- ', not 'never'"),
    ("nlu", ("- never", "- yes"), "small/data/nlu.yml:14: 'yes' is an example of 'deny' and, at small/data/nlu.yml:9, of 'affirm'"),
    ("nlu", ("(city)", "(town)"), "small/data/nlu.yml:17: unknown entity 'town'; known: city"),
    ("nlu", ('{"entity"', '{entity"'), 'small/data/nlu.yml:18: \'[the big apple]{entity": "city", "value": "new york"}\': wants'),
    ("nlu", ("lookup: city", "regex: city\n    examples: |\n      - bost(on\n  - lookup: city"), "small/data/nlu.yml:24: no regular expression: 'bost(on'"),
    ("nlu", ("lookup: city", "look_up: city"), "small/data/nlu.yml:22: an NLU entry begins with one of intent, synonym, lookup, regex"),
    ("nlu", ("    examples: |\n      - no\n      - never\n", ""), "small/data/nlu.yml:11: intent 'deny' has no examples"),
    ("domain", ("  - deny\n", "  - deny\n  - later\n"), "small/domain.yml:1: intent 'later' has no examples; only EXTERNAL_... intents may have none"),
    ("domain", ("  - deny\n", "  - deny\n  - deny\n"), "small/domain.yml:6: intent 'deny' is listed twice"),
    ("domain", ('{means: "yes"}', "{means: yess}"), "small/domain.yml:4: unknown meaning 'yess'; did you mean 'yes'?"),
    ("domain", ("  - deny\n", "  - deny: {taken_for: greeet}\n"), "small/domain.yml:2: 'deny' is taken for an unknown intent 'greeet'; did you mean 'greet'?"),
    ("domain", ("type: text", "type: txt"), "small/domain.yml:12: unknown slot type 'txt'; did you mean 'text'?"),
    ("domain", ("type: from_entity", "type: from_entitie"), "small/domain.yml:14: unknown mapping 'from_entitie'; did you mean 'from_entity'?"),
    ("domain", ("entity: city", "entity: town"), "small/domain.yml:15: unknown entity 'town'; known: city"),
    ("domain", ("required_slots: [city]", "required_slots: [town]"), "small/domain.yml:18: form 'city_form' asks for an unknown slot 'town'; known: city"),
    ("domain", ("{move: greeting}", "{move: greting}"), "small/domain.yml:24: unknown move 'greting'; did you mean 'greeting'?"),
    ("domain", ("{move: greeting}", "{moves: greeting}"), "small/domain.yml:24: unknown key 'moves' of metadata of 'utter_greet'; did you mean 'move'?"),
    ("domain", ("open_ms: 700", "open_ms: soon"), "small/domain.yml:27: 'open_ms' wants a number from 0 to 5000, not 'soon'"),
    ("domain", ("open_ms: 700", "openms: 700"), "small/domain.yml:27: unknown key 'openms' of what 'utter_ask_city' expects; did you mean 'open_ms'?"),
    ("domain", ("grammar: free", "grammar: yesno"), "small/domain.yml:27: unknown grammar 'yesno'; did you mean 'yes_no'?"),
    ("domain", ("{move: goodbye}", "{move: goodbye, recording: bye.wav}"), "small/domain.yml:30: there is no recording 'bye.wav'"),
    ("domain", ("{move: goodbye}", "{move: goodbye, must_be_heard: sure}"), "small/domain.yml:30: 'must_be_heard' wants true or false, not 'sure'"),
    ("domain", ("Hello {city}.", "Hello {town}."), "small/domain.yml:23: 'utter_greet' speaks of an unknown slot 'town'; known: city"),
    ("domain", ('text: "Bye."', 'text: ""'), "small/domain.yml:29: a wording of 'utter_bye' has no text"),
    ("domain", ("  utter_bye:", "  bye:"), "small/domain.yml:28: a response's name begins with utter_, 'bye' does not"),
    ("domain", ("entities:", "entites:"), "small/domain.yml:8: unknown key 'entites' of the domain; did you mean 'entities'?"),
    ("domain", ("intents:", "intents: ["), "no valid YAML"),
    ("domain", ("slots:\n", "slots:\n  city: {}\n"), "no valid YAML: found duplicate key"),
    ("config", ("language: en\n", ""), "small/config.yml:1: 'language' is missing; Rasa would rewrite the file without it"),
    ("config", ("recipe:", "receipt:"), "small/config.yml:1: unknown key 'receipt' of config.yml; did you mean 'recipe'?"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "change", "message"), BROKEN, ids=[f"{f}-{new}" for f, (_, new), _ in BROKEN])
def test_a_mistake_is_told_with_its_place_and_remedy(tmp_path, file, change, message):
    with pytest.raises(AssistantInvalid) as caught:
        read_project(write_project(tmp_path, **{file: change}))
    assert any(message in problem for problem in caught.value.problems), caught.value.problems
    assert "docs/reference/assistants.md" in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path):
    folder = write_project(tmp_path, stories=("intent: greet", "intent: x"), domain=("type: text", "type: y"))
    with pytest.raises(AssistantInvalid) as caught:
        read_project(folder)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("name", ["config.yml", "domain.yml"])
def test_a_missing_file_is_named(tmp_path, name):
    folder = write_project(tmp_path)
    (folder / name).unlink()
    with pytest.raises(AssistantInvalid, match=rf"small/{name}: the file is missing"):
        read_project(folder)


def test_a_missing_folder_or_empty_data_is_named(tmp_path):
    with pytest.raises(AssistantInvalid, match="there is no such folder"):
        read_project(tmp_path / "nowhere")
    folder = write_project(tmp_path)
    for path in (folder / "data").iterdir():
        path.unlink()
    with pytest.raises(AssistantInvalid, match=r"small/data: there are no \*.yml files in it"):
        read_project(folder)


def test_a_binary_file_is_no_text(tmp_path):
    folder = write_project(tmp_path)
    (folder / "data/nlu.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AssistantInvalid, match="small/data/nlu.yml: not readable as UTF-8 text"):
        read_project(folder)


def test_test_stories_are_read_with_what_is_said(tmp_path):
    folder = write_project(tmp_path)
    path = folder / "tests/test_stories.yml"
    path.parent.mkdir()
    path.write_text(
        "stories:\n- story: t\n  steps:\n  - user: |\n      hi there\n    intent: greet\n  - action: utter_greet\n"
    )
    [story] = read_tests(read_project(folder), path)
    assert story.steps[0] == Step(kind=StepKind.INTENT, name="greet", text="hi there")


def test_a_test_story_with_an_unknown_action_is_refused(tmp_path):
    folder = write_project(tmp_path)
    path = folder / "test_stories.yml"
    path.write_text("stories:\n- story: t\n  steps:\n  - action: utter_gret\n")
    with pytest.raises(AssistantInvalid, match=r"small/test_stories.yml:4: unknown action 'utter_gret'"):
        read_tests(read_project(folder), path)


YAML_PIECES = [
    "",
    "x",
    "1",
    "[]",
    "{}",
    "- a",
    "null",
    "true",
    "? x",
    "&a *a",
    "!!python/object:os.system x",
    "2026-99-99",
    "[",
    "a: {b: [c]}",
]


@settings(
    derandomize=True, max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_no_change_of_a_line_breaks_the_reader(tmp_path_factory, name, data):
    """A project is read or refused, whatever stands in a line."""
    folder = write_project(tmp_path_factory.mktemp("fuzz"))
    lines = FILES[name].splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    piece = data.draw(st.one_of(st.sampled_from(YAML_PIECES), st.text(max_size=12)))
    head = lines[at].split(":")[0]
    lines[at] = data.draw(
        st.sampled_from([f"{indent}{piece}", f"{head}: {piece}", f"{lines[at]} {piece}", f"{indent}- {piece}"])
    )
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8", errors="replace")
    try:
        read_project(folder)
    except AssistantInvalid as error:
        assert error.problems
