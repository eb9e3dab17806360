"""What may be said in every family's case, with a family of invented duties (domain 7.3, 7.5, 9)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from chuanyu.casework.case import Case, Obligation, Obliged
from chuanyu.casework.deadlines import frame
from chuanyu.casework.fold import extend, fold
from chuanyu.casework.lapses import decides_at
from chuanyu.casework.steps import Change, Duty, Steps
from chuanyu.casework.timeliness import deadline_of
from chuanyu.contracts.credit import SanctionImposed
from chuanyu.domain.clock_words import explain
from chuanyu.domain.dates import SHANGHAI, to_millis
from kit.cases import PROVINCES, SANCTION, YIBIN, Talk, corrects, follow_up, sanction, withdrawn

FRAME = frame(PROVINCES)
RETEST = "spotcheck_retest_laboratory"
FAMILY = Steps(
    "credit",
    openings={SanctionImposed: lambda case, fact: Change(owed=(Duty(RETEST, YIBIN, trigger=fact.time), Duty("alert_submission", YIBIN)))},
)


def ms(text: str) -> int:
    return to_millis(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


def told(talk: Talk) -> Case:
    """The case, by the whole fold and by the fast path alike."""
    whole, case = fold(FAMILY, FRAME, talk.facts), fold(FAMILY, FRAME, talk.facts[:1])
    for each in talk.facts[1:]:
        fast = extend(FAMILY, FRAME, case, [each])
        case = fold(FAMILY, FRAME, [one for one in talk.facts if one.order <= each.order]) if fast is None else fast
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
    [("sichuan", "510500", "not_the_ower"), ("sichuan", "510000", "not_the_ower"), ("chongqing", YIBIN, "not_the_ower")],
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


def test_rule_11_a_withdrawn_extension_leaves_the_old_due_time() -> None:
    talk = Talk()
    id = running(talk)
    before = owed(told(talk))
    talk.say("sichuan", extends(id), "longer")
    talk.say("sichuan", withdrawn("longer", case=SANCTION), "back")
    assert owed(told(talk)) == before
    assert before.state is Obliged.OPEN
