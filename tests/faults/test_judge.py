"""The judges find what they are there to find."""

from dataclasses import replace

import pytest

from tests.faults.judge import Expected, Facts, Verdict, doubled, judge, lost, stuck, wrong
from tests.faults.table import table

RIGHT = Facts(
    states=["adopted"],
    was_sent=True,
    story=["requested", "unknown", "adopted"],
    shown=1,
    writes=1,
    cached=True,
    page='<span class="outcome outcome-adopted">',
    answered=303,
)
ADOPTED = Expected(happens=True, ends=("adopted",))


def judged(**differing):
    return judge(replace(RIGHT, **differing), ADOPTED, cell="cell", trouble="trouble", settled_s=1.0)


def test_what_is_right_has_no_complaints():
    assert judged().complaints == []


@pytest.mark.parametrize("state", ["done", "adopted"])
def test_what_is_claimed_and_not_there_is_lost(state):
    assert lost(replace(RIGHT, states=[state], shown=0, cached=False))


@pytest.mark.parametrize("state", ["refused", "not_sent", "retryable", "abandoned"])
def test_what_is_there_and_not_claimed_is_lost(state):
    assert lost(replace(RIGHT, states=[state]))


def test_what_is_there_without_an_operation_is_lost():
    assert lost(replace(RIGHT, states=[]))
    assert not lost(replace(RIGHT, states=[], shown=0))


def test_what_the_lists_do_not_show_is_lost():
    assert lost(replace(RIGHT, cached=False))


@pytest.mark.parametrize("more", [{"shown": 2}, {"writes": 2}, {"states": ["done", "done"]}])
def test_more_than_one_is_doubled(more):
    assert doubled(replace(RIGHT, **more))
    assert not doubled(RIGHT)


@pytest.mark.parametrize("state", ["planned", "sent", "unknown"])
def test_what_is_in_flight_in_the_end_is_stuck_and_not_lost(state):
    assert stuck(replace(RIGHT, states=[state]))
    assert not lost(replace(RIGHT, states=[state], cached=False))


@pytest.mark.parametrize("state", ["conflict", "retryable"])
def test_what_a_person_decides_is_not_stuck(state):
    assert not stuck(replace(RIGHT, states=[state]))


@pytest.mark.parametrize(
    "story",
    [
        [],
        ["requested"],
        ["requested", "adopted", "unknown"],
        ["unknown", "adopted"],
        ["requested", "unknown", "unknown", "adopted"],
        ["requested", "unknown", "adopted", "adopted"],
        ["requested", "unknown", "retryable"],
    ],
)
def test_a_story_out_of_order_is_wrong(story):
    assert wrong(replace(RIGHT, story=story), ADOPTED)


def test_a_request_that_was_never_sent_is_not_told_as_one():
    never_sent = {"states": ["not_sent"], "was_sent": False, "shown": 0, "page": "outcome-not_sent"}
    expected = Expected(happens=False, ends=("not_sent",))
    assert not wrong(replace(RIGHT, story=["not_sent"], **never_sent), expected)
    assert wrong(replace(RIGHT, story=["requested", "not_sent"], **never_sent), expected)


@pytest.mark.parametrize("differing", [{"page": "outcome-unknown"}, {"answered": 500}, {"states": []}, {"shown": 0}])
def test_what_a_person_is_told_wrong_is_wrong(differing):
    assert wrong(replace(RIGHT, **differing), ADOPTED)


def test_another_end_than_the_fault_should_have_is_wrong():
    assert wrong(RIGHT, Expected(happens=True, ends=("done",)))
    assert wrong(RIGHT, Expected(happens=False, ends=("adopted",)))


def test_the_table_counts_every_kind_of_failure():
    verdicts = [judged(), judged(shown=2), judged(states=["unknown"]), judged(cached=False)]
    figures = table("title", verdicts).splitlines()[-1].split()
    assert figures == ["all", "4", "1", "1", "1", "1", "1", "1.0", "s"]


def test_one_deed_of_several_is_added_to_the_verdict():
    verdict = Verdict(cell="wave", trouble="web killed", ended="")
    verdict.add(RIGHT)
    assert verdict.complaints == []
    verdict.add(replace(RIGHT, shown=0, cached=False))
    assert verdict.lost
