"""A person at the command line takes a channel out of the trade, and puts it back; who and why are asked for."""

import json

import pytest

REASON = "the insurer asked us to stop selling"
BY = ("--reason", REASON, "--by", "Wang Li")


def told(insurehub, workspace, *words):
    ended = insurehub(workspace, "channels", *words, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.mark.parametrize(("act", "value"), [("drain", "drained"), ("disable", "disabled")])
def test_a_channel_is_held_back_with_who_and_why_and_enabled_again(workspace, insurehub, act, value):
    set_ = told(insurehub, workspace, act, "acme_main", *BY)
    assert (set_["name"], set_["value"], set_["by"], set_["reason"]) == ("acme_main", value, "Wang Li", REASON)
    (channel,) = told(insurehub, workspace, "list")["channels"]
    assert (channel["channel"], channel["held"]["value"]) == ("acme_main", value)
    assert value in insurehub(workspace, "channels", "list").out
    told(insurehub, workspace, "enable", "acme_main", *BY)
    assert told(insurehub, workspace, "list")["channels"][0]["held"] is None


def test_a_product_is_pinned_and_unpinned(workspace, insurehub):
    said = insurehub(workspace, "channels", "pin", "personal-accident", "acme_main", *BY)
    assert (said.code, said.out) == (0, "personal-accident is pinned to acme_main; recorded for Wang Li\n")
    assert "Pinned" in insurehub(workspace, "channels", "list").out
    assert told(insurehub, workspace, "unpin", "personal-accident", *BY)["value"] is None
    assert told(insurehub, workspace, "list")["pins"] == []


def test_what_was_set_stands_in_the_audit(workspace, insurehub):
    told(insurehub, workspace, "drain", "acme_main", *BY)
    ended = insurehub(workspace, "audit", "channel:acme_main", "--json")
    (entry,) = json.loads(ended.out)["audit"]
    assert (entry["action"], entry["actor"], entry["client"]) == ("channel.drain", "Wang Li", None)
    assert (entry["before"], entry["after"]) == ({"value": None}, {"value": "drained"})


def test_without_a_reason_nothing_is_set(workspace, insurehub):
    ended = insurehub(workspace, "channels", "disable", "acme_main", "--by", "Li")
    assert (ended.code, ended.out) == (2, "")
    assert "a reason" in ended.err


def test_a_channel_that_is_not_there_is_refused_with_those_that_are(workspace, insurehub):
    ended = insurehub(workspace, "channels", "drain", "acme_mian", *BY)
    assert ended.code == 1
    assert "acme_main" in ended.err


def test_the_scorecard_is_shown_and_told(workspace, insurehub):
    card = told(insurehub, workspace, "show", "acme_main")
    assert (card["calls"], card["products"]["personal-accident"]["weight_share"]) == (0, 1.0)
    shown = insurehub(workspace, "channels", "show", "acme_main", "--hours", "2")
    assert "the last 2 h" in shown.out
    assert insurehub(workspace, "channels", "show", "acme_mian").code == 1
