"""What may be said in every family's case, with a family of invented duties (domain 7.3, 7.5, 9)."""

from __future__ import annotations

from uuid import UUID

import pytest

from chuanyu.casework.case import Case, Obligation, Obliged, Standing
from chuanyu.casework.deadlines import frame
from chuanyu.casework.decisions import pressing
from chuanyu.casework.fold import extend, fold
from chuanyu.casework.lapses import decides_at
from chuanyu.casework.steps import Change, Duty, Steps
from chuanyu.casework.timeliness import deadline_of
from chuanyu.contracts.common import ActionOutcome
from chuanyu.contracts.credit import SanctionImposed, SanctionLifted
from chuanyu.domain.clock_words import explain
from kit.cases import PROVINCES, SANCTION, YIBIN, Talk, corrects, follow_up, lifting, ms, sanction, withdrawn

FRAME = frame(PROVINCES)
RETEST = "spotcheck_retest_laboratory"
FAMILY = Steps(
    "credit",
    openings={SanctionImposed: lambda case, fact: Change(owed=(Duty(RETEST, YIBIN, trigger=fact.time), Duty("alert_submission", YIBIN)))},
)


def told(talk: Talk, family: Steps = FAMILY) -> Case:
    """The case, by the whole fold and by the fast path alike."""
    whole, case = fold(family, FRAME, talk.facts), fold(family, FRAME, talk.facts[:1])
    for each in talk.facts[1:]:
        fast = extend(family, FRAME, case, [each])
        case = fold(family, FRAME, [one for one in talk.facts if one.order <= each.order]) if fast is None else fast
    assert case == whole
    return whole


def owed(case: Case, rule: str = RETEST) -> Obligation:
    (found,) = (each for each in case.obligations if each.rule == rule)
    return found


def opened(talk: Talk) -> str:
    """A sanction of Friday 2026-02-13; the id of what then falls due on the 27th (domain 9, example 5)."""
    talk.say("sichuan", sanction(), "v0", time=ms("2026-02-13 10:00"))
    return str(UUID(bytes=owed(told(talk)).id))


def extends(id: str, division: str = YIBIN):  # type: ignore[no-untyped-def]
    return follow_up(division, case=SANCTION, extends=id)


def test_rule_11_an_extension_counts_on_from_the_old_due_time_which_stays_in_the_history() -> None:
    talk = Talk()
    id = opened(talk)
    talk.say("sichuan", corrects(sanction(), "v0"), "v1", time=ms("2026-12-01 10:00"))
    talk.say("sichuan", extends(id), "longer")
    longer = owed(told(talk))
    assert longer.earlier[-1:] == (ms("2026-12-08 23:59:59"),)
    assert longer.due == ms("2026-12-15 23:59:59")
    assert decides_at(longer) == ms("2026-12-16 00:00")
    deadline = deadline_of(longer)
    assert deadline is not None and "已延长一次" in explain(deadline).zh


def test_rule_11_a_trigger_that_a_correction_moves_keeps_its_extension() -> None:
    talk = Talk()
    id = opened(talk)
    talk.say("sichuan", corrects(sanction(), "v0"), "v1", time=ms("2026-12-01 10:00"))
    talk.say("sichuan", extends(id), "longer")
    talk.say("sichuan", corrects(sanction(), "v1"), "v2", time=ms("2026-12-02 10:00"))
    assert owed(told(talk)).due == ms("2026-12-16 23:59:59")


def running(talk: Talk) -> str:
    """The same, due at 2026-10-12 23:59:59."""
    talk.say("sichuan", sanction(), "v0")
    return str(UUID(bytes=owed(told(talk)).id))


def codes(case: Case) -> list[str]:
    return [each.code for each in case.remarks]


def test_rule_11_a_second_extension_changes_nothing() -> None:
    talk = Talk()
    id = running(talk)
    talk.say("sichuan", extends(id), "longer")
    once = owed(told(talk))
    talk.say("sichuan", extends(id), "longer still")
    assert (owed(told(talk)), codes(told(talk))) == (once, ["extended_before"])


@pytest.mark.parametrize(
    ("province", "division", "code"),
    [("sichuan", "510500", "not_the_ower"), ("sichuan", "510000", "not_the_ower"), ("chongqing", YIBIN, "not_addressed")],
)
def test_rule_11_nobody_extends_the_time_of_another(province: str, division: str, code: str) -> None:
    talk = Talk()
    id = running(talk)
    before = owed(told(talk))
    talk.say(province, extends(id, division), "longer")
    assert (owed(told(talk)), codes(told(talk))) == (before, [code])


def test_rule_11_a_rule_without_extension_has_none_and_an_unknown_duty_is_remarked() -> None:
    talk = Talk()
    running(talk)
    other = owed(told(talk), "alert_submission")
    talk.say("sichuan", extends(str(UUID(bytes=other.id))), "longer")
    assert (owed(told(talk), "alert_submission"), codes(told(talk))) == (other, ["no_extension"])
    talk.say("sichuan", extends(str(UUID(int=7))), "nothing")
    assert "obligation_unknown" in codes(told(talk))


def test_rule_11_d25_an_extension_of_the_last_second_counts_and_one_of_midnight_does_not() -> None:
    for instant, code in (("2026-10-12 23:59:59.999", []), ("2026-10-13 00:00", ["extended_too_late"])):
        talk = Talk()
        id = running(talk)
        talk.say("sichuan", extends(id), "longer", later=ms(instant) - talk.now)
        assert codes(told(talk)) == code


PROGRESS = "recall_drug_progress_level2"  # every three days, no roll
REPEATING = Steps(
    "credit",
    openings={SanctionImposed: lambda case, fact: Change(owed=(Duty(PROGRESS, YIBIN, trigger=fact.time),))},
    additions={SanctionLifted: lambda case, fact: Change(standing=Standing.LIFTED, owed=())},
    follow_ups=frozenset({PROGRESS}),
)


def reports() -> Talk:
    talk = Talk()
    talk.say("sichuan", sanction(), "v0", time=ms("2026-09-29 12:00"))
    return talk


def each_time(talk: Talk) -> list[tuple[int, str, int]]:
    """(which, state, day of September that is due) of a repeating duty."""
    september = ms("2026-08-31 23:59:59")
    case = told(talk, REPEATING)
    return [(each.nth, each.state.value, ((each.due or 0) - september) // 86_400_000) for each in case.obligations]


def report(talk: Talk, word: str) -> None:
    talk.say("sichuan", follow_up(YIBIN, case=SANCTION, outcome=ActionOutcome.MEASURE_TAKEN), word)


def test_rule_9_each_report_is_owed_from_the_first_trigger_however_early_the_one_before_came() -> None:
    talk = reports()
    report(talk, "r1")
    report(talk, "r2")
    assert each_time(talk) == [(1, "MET", 32), (2, "MET", 35), (3, "OPEN", 38)]


def lapses(talk: Talk) -> None:
    """The newest that is open lapses, and its node says so."""
    late = next(each for each in reversed(told(talk, REPEATING).obligations) if each.open)
    at = decides_at(late)
    assert at is not None
    talk.relay(pressing("sichuan", SANCTION, late, at)(at).record, at)


def test_rule_9_one_that_lapses_stays_owed_and_the_next_is_open_beside_it() -> None:
    talk = reports()
    lapses(talk)
    lapses(talk)
    assert each_time(talk) == [(1, "OPEN", 32), (2, "OPEN", 35), (3, "OPEN", 38)]
    assert [each.level for each in told(talk, REPEATING).obligations] == [1, 1, 0]


def test_rule_9_they_end_with_their_case_and_none_follows_after_that() -> None:
    talk = reports()
    lapses(talk)
    talk.say("sichuan", lifting(), at=talk.arrivals[-1].head.logicaltime)
    assert {state for _, state, _ in each_time(talk)} == {"CANCELLED"}
    before = each_time(talk)
    report(talk, "late")
    assert each_time(talk) == before


def test_rule_9_a_report_taken_back_leaves_its_own_open_and_what_followed_is_another_one() -> None:
    talk = reports()
    report(talk, "r1")
    second = told(talk, REPEATING).obligations[1]
    talk.say("sichuan", withdrawn("r1", case=SANCTION), "back")
    assert each_time(talk) == [(1, "OPEN", 32)]
    lapses(talk)
    assert each_time(talk) == [(1, "OPEN", 32), (2, "OPEN", 35)]
    assert told(talk, REPEATING).obligations[1].id != second.id


def test_rule_11_a_withdrawn_extension_leaves_the_old_due_time() -> None:
    talk = Talk()
    id = running(talk)
    before = owed(told(talk))
    talk.say("sichuan", extends(id), "longer")
    talk.say("sichuan", withdrawn("longer", case=SANCTION), "back")
    assert owed(told(talk)) == before
    assert before.state is Obliged.OPEN
