"""A small Rasa project to be broken: files are made in a folder, one of them changed."""

from pathlib import Path

FILES = {
    "config.yml": """\
recipe: default.v1
language: en
assistant_id: small
pipeline:
  - name: jingyin.NgramClassifier
  - name: jingyin.EntityMatcher
policies:
  - name: jingyin.RulePolicy
  - name: jingyin.MemoizationPolicy
""",
    "domain.yml": """\
version: "3.1"
intents:
  - greet
  - affirm: {means: "yes"}
  - deny
  - ask_price: {means: asked}
  - EXTERNAL_answered
entities:
  - city
slots:
  city:
    type: text
    mappings:
      - type: from_entity
        entity: city
forms:
  city_form:
    required_slots: [city]
actions:
  - action_hang_up
responses:
  utter_greet:
    - text: "Hello {city}."
      metadata: {move: greeting}
  utter_ask_city:
    - text: "Which city?"
      metadata: {move: ask_interest, expect: {open_ms: 700, grammar: free}}
  utter_bye:
    - text: "Bye."
      metadata: {move: goodbye}
""",
    "data/nlu.yml": """\
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hello
      - hi there
  - intent: affirm
    examples: |
      - yes
      - okay
  - intent: deny
    examples: |
      - no
      - never
  - intent: ask_price
    examples: |
      - how much in [boston](city)
      - how much in [the big apple]{"entity": "city", "value": "new york"}
  - synonym: boston
    examples: |
      - beantown
  - lookup: city
    examples: |
      - beantown
      - chicago
""",
    "data/rules.yml": """\
version: "3.1"
rules:
  - rule: begin
    steps:
      - intent: EXTERNAL_answered
      - action: utter_greet
""",
    "data/stories.yml": """\
version: "3.1"
stories:
  - story: price
    steps:
      - intent: greet
      - action: utter_greet
      - intent: ask_price
      - action: city_form
      - active_loop: city_form
""",
}


def write_project(folder: Path, **changes: tuple[str, str]) -> Path:
    """The project in `folder/small`; `changes` by file stem: a text that must be there, and what stands there instead."""
    root = folder / "small"
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        old, new = changes.get(path.stem, ("", ""))
        assert old in content, f"{old!r} is not in {name}"
        path.write_text(content.replace(old, new, 1) if old else content, encoding="utf-8")
    return root
