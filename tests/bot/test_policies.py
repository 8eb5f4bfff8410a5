"""Rules and memorised stories, by themselves."""

from bot.policies.choice import LISTEN, Choice
from bot.policies.contradictions import contradictions
from bot.policies.memoization import MemoizationPolicy
from bot.policies.rules import RulePolicy
from bot.rasa.project import Place, Step, StepKind, Story


def steps(*tokens: str) -> tuple[Step, ...]:
    """From `intent:x`, `action:y`, `loop:z`, `slot:name=value`."""
    made = []
    for token in tokens:
        kind, _, name = token.partition(":")
        name, _, value = name.partition("=")
        made.append(Step(kind=StepKind(kind), name=name, value=value or None))
    return tuple(made)


def story(name: str, *tokens: str, conditions: tuple[str, ...] = (), start: bool = False, wait: bool = True) -> Story:
    """A story or rule of these steps."""
    return Story(
        name=name,
        steps=steps(*tokens),
        conditions=steps(*conditions),
        conversation_start=start,
        wait_for_user_input=wait,
        place=Place(file="s.yml", line=1),
    )


def always(_: Step) -> bool:
    return True


def never(_: Step) -> bool:
    return False


def test_a_rule_applies_wherever_the_history_ends_in_it():
    policy = RulePolicy([story("hi", "intent:greet", "action:utter_greet")])
    assert policy.choose(["intent:x", "action:y", "intent:greet"], never) == Choice(
        action="utter_greet", because="rule: hi"
    )
    assert policy.choose(["intent:greet", "action:utter_greet"], never) == Choice(action=LISTEN, because="rule: hi")
    assert policy.choose(["intent:x"], never) is None


def test_of_two_rules_the_longer_match_decides_then_the_one_with_conditions():
    policy = RulePolicy(
        [
            story("plain", "intent:a", "action:one"),
            story("guarded", "intent:a", "action:two", conditions=("slot:s=1",)),
            story("longer", "action:x", "intent:a", "action:three"),
        ]
    )
    assert policy.choose(["intent:a"], never).action == "one"
    assert policy.choose(["intent:a"], always).action == "two"
    assert policy.choose(["action:x", "intent:a"], always).action == "three"


def test_a_rule_that_is_followed_goes_on_although_its_condition_ended():
    policy = RulePolicy([story("r", "intent:a", "action:one", "action:two", conditions=("slot:s=1",))])
    history = ["intent:a", "action:one"]
    assert policy.choose(history, never) is None
    assert policy.choose(history, never, "rule: r") == Choice(action="two", because="rule: r")


def test_a_slot_between_steps_must_hold_there():
    policy = RulePolicy([story("r", "action:form", "loop:None", "slot:s=1", "action:done")])
    assert policy.choose(["action:form", "loop:None"], always).action == "done"
    assert policy.choose(["action:form", "loop:None"], never) is None


def test_a_rule_of_the_beginning_applies_at_the_beginning_only():
    policy = RulePolicy([story("r", "intent:a", "action:one", start=True)])
    assert policy.choose(["intent:a"], never) is not None
    assert policy.choose(["intent:b", "intent:a"], never) is None


def test_a_rule_that_does_not_wait_leaves_the_next_step_to_others():
    policy = RulePolicy([story("r", "intent:a", "action:one", wait=False)])
    assert policy.choose(["intent:a", "action:one"], never) is None


def test_a_story_is_remembered_from_its_middle_and_the_longest_end_decides():
    policy = MemoizationPolicy(
        [
            story("yes to a", "action:ask_a", "intent:yes", "action:do_a"),
            story("yes to b", "action:ask_b", "intent:yes", "action:do_b"),
        ],
        max_history=4,
    )
    assert policy.choose(["intent:x", "action:ask_b", "intent:yes"], never) == Choice(
        action="do_b", because="story: yes to b"
    )
    assert policy.choose(["intent:yes"], never) is None


def test_a_story_between_two_intents_listens():
    policy = MemoizationPolicy([story("s", "action:a", "intent:x", "action:b", "intent:y", "action:c")], max_history=8)
    assert policy.choose(["intent:x", "action:b"], never).action == LISTEN


def test_ends_that_lead_to_different_actions_decide_nothing():
    policy = MemoizationPolicy(
        [story("one", "action:a", "intent:x", "action:b"), story("two", "action:a", "intent:x", "action:c")],
        max_history=8,
    )
    assert policy.choose(["action:a", "intent:x"], never) is None


def test_of_stories_that_differ_by_a_slot_the_one_that_holds_decides():
    policy = MemoizationPolicy(
        [
            story("plain", "action:a", "intent:x", "action:b"),
            story("guarded", "action:a", "intent:x", "slot:s=1", "action:c"),
        ],
        max_history=8,
    )
    assert policy.choose(["action:a", "intent:x"], never).action == "b"
    assert policy.choose(["action:a", "intent:x"], always).action == "c"


def test_a_story_that_says_other_than_a_rule_is_told():
    rules = [story("r", "intent:x", "action:b")]
    assert list(contradictions([story("s", "action:a", "intent:x", "action:b")], rules)) == []
    [problem] = contradictions([story("s", "action:a", "intent:x", "action:c")], rules)
    assert problem.startswith("s.yml:1: story 's' has 'c' after 'intent:x', 'rule: r' has 'b'")
