"""Where the platform's times lie on a simulated party's tape."""

from console.demo.rows import _Tape


def test_a_tape_knows_nothing_of_time_in_which_nothing_was_sent():
    tape = _Tape([(0, 320), (16000, 16160)], [(3000, 1300), (8000, 500)])
    assert tape.at_s(1000) == 1.0 + 0.04
    assert tape.at_s(2500) == 2.5 + 0.02
    assert tape.at_s(3500) == 3.0 + 0.02, "within the stall: where it began"
    assert tape.at_s(5000) == 3.7 + 0.02
    assert tape.at_s(9000) == 9.0 - 1.8 + 0.02


def test_a_party_that_never_heard_anything_has_no_shift():
    assert _Tape([], []).at_s(1500) == 1.5
