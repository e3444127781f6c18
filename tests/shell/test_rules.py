from __future__ import annotations

import pytest
from aios_shell.core.back import leaves
from aios_shell.core.budget import budget_mb, with_budget, without_budget
from aios_shell.core.files import FileChoices
from aios_shell.core.links import path_of, path_of_shared
from aios_shell.core.policy import Place, place_of
from aios_shell.core.recovery import Recovery

SERVER = "https://aios.example"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://aios.example/planner", Place.INSIDE),
        ("https://AIOS.example:443/", Place.INSIDE),
        ("blob:https://aios.example/1d2c", Place.INSIDE),
        ("about:blank", Place.INSIDE),
        ("http://aios.example/", Place.OUTSIDE),
        ("https://aios.example:8443/", Place.OUTSIDE),
        ("https://aios.example.evil.example/", Place.OUTSIDE),
        ("https://aios.example@evil.example/", Place.OUTSIDE),
        ("mailto:ines@example.org", Place.OUTSIDE),
        ("TEL:+351220000000", Place.OUTSIDE),
        ("blob:https://evil.example/1d2c", Place.NOWHERE),
        ("javascript:alert(1)", Place.NOWHERE),
        ("intent://scan/#Intent;end", Place.NOWHERE),
        ("file:///data/data/org.aios/shell.json", Place.NOWHERE),
        ("content://media/external", Place.NOWHERE),
        ("data:text/html,<p>", Place.NOWHERE),
        ("", Place.NOWHERE),
    ],
)
def test_only_the_servers_own_pages_are_shown_inside(url, place):
    assert place_of(url, SERVER) is place


def test_without_a_server_nothing_is_inside():
    assert place_of("https://aios.example/", "") is Place.OUTSIDE
    assert place_of("nothing", "") is Place.NOWHERE


@pytest.mark.parametrize(("wanted", "limit"), [(None, 6), (1, 6), (6, 6), (8, 8), (10, 10), (500, 10)])
def test_the_budget_is_six_unless_the_build_says_otherwise_and_ten_at_most(wanted, limit):
    assert budget_mb(wanted) == limit


def test_the_budget_travels_in_the_address_and_is_taken_off_again():
    told = with_budget("https://aios.example/capture?text=a%26b&shell=10", 6)
    assert told == "https://aios.example/capture?text=a%26b&shell=6"
    assert without_budget(told) == "https://aios.example/capture?text=a%26b"
    assert without_budget("https://aios.example/?q=a%20b") == "https://aios.example/?q=a%20b"


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("aios://planner", "/planner"),
        ("aios:/planner?view=week", "/planner?view=week"),
        ("aios://notebook/019a#top", "/notebook/019a#top"),
        ("https://aios.example/planner", "/planner"),
        ("https://aios.example", "/"),
        ("aios:////evil.example/", "/evil.example/"),
        ("https://aios.example//evil.example", "/evil.example"),
        ("https://evil.example/planner", None),
        ("http://aios.example/planner", None),
        ("mailto:ines@example.org", None),
        ("https://[", None),
    ],
)
def test_a_link_means_a_path_on_our_server_or_nothing(link, path):
    assert path_of(link, SERVER) == path


def test_what_is_shared_is_filled_in_and_not_longer_than_an_address_may_be():
    assert path_of_shared("", "Buy & sell", "https://x.example/?a=1") == (
        "/capture?text=Buy+%26+sell&url=https%3A%2F%2Fx.example%2F%3Fa%3D1"
    )
    assert len(path_of_shared("t", "x" * 1_000_000)) < 64_000


def test_a_page_that_goes_down_again_and_again_is_not_opened_for_ever():
    recovery = Recovery()
    assert [recovery.again(at) for at in (0, 10, 20, 30)] == [True, True, True, False]
    assert recovery.again(95), "a minute later it is tried again"


def test_a_choice_of_files_is_answered_once_whatever_happens():
    answers = []
    choices = FileChoices()
    first = choices.begin(lambda files: answers.append(("first", files)))
    second = choices.begin(lambda files: answers.append(("second", files)))
    assert second.settle(["content://1", "content://2"])
    assert not second.settle(None)
    assert not first.settle(["content://3"])
    choices.begin(lambda files: answers.append(("third", files))).settle([])
    assert answers == [("first", None), ("second", ["content://1", "content://2"]), ("third", None)]


@pytest.mark.parametrize(("answer", "left"), [("leave", True), (None, True), ("back", False), ("closed", False)])
def test_back_leaves_only_when_the_page_says_so_or_there_is_none(answer, left):
    assert leaves(answer) is left
