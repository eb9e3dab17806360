"""Random histories of samples of a few producers, and by plain pairs what there is to warn of: the oracle of the rule."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from chuanyu.contracts.case import WithdrawalBasis, Withdrawn
from chuanyu.contracts.common import Authority, CaseHead, NoticeClass, ObjectionKind, Party
from chuanyu.contracts.spotcheck import ObjectionOutcome, ObjectionResolved, ResultReported, Sampling, Verdict
from chuanyu.domain.uscc import derived_party_key
from chuanyu.kernel.codec import Draft, draft
from kit.cases import CASE, NOON, result

TODAY = NOON // 86_400_000
CODED = [Party(name="宜宾样例食品厂", uscc="91511502MA00000014", division="511502"), Party(name="渝味", uscc="9150000020286320X6")]
NAMED = [Party(name="万州样例糕点厂", division="500101"), Party(name="长沙样例食品厂", division="430100")]
MAKERS = [*CODED, *NAMED, None]
Evidence = dict[tuple[str, int], list[str]]  # (party key, 90-day period of the later sample) → event ids, by day and id


@dataclass
class Case:
    """One sample: where it was accepted, and what is said of it, in order."""

    province: str
    acts: list[Draft] = field(default_factory=list)


def history(random: Random, cases: int, days: int = 400, word: str = "") -> list[Case]:
    """Cases with results failed, passed, corrected, withdrawn and overturned on an objection, of few producers so that they meet; some
    corrections name a version that never came."""
    return [_case(random, number, days, word) for number in range(cases)]


def _case(random: Random, number: int, days: int, word: str) -> Case:
    province = random.choice(["sichuan", "chongqing"])
    case_id = f"{province}/spotcheck/XBJ{word}{number:08d}"
    made = Case(province)
    if random.random() > 0.05:
        made.acts.append(_draft(random, _result(random, case_id, days), case_id))
    while not made.acts or random.random() < 0.35:
        before = str(made.acts[-1].head.id) if made.acts else _id(random)
        made.acts.append(_draft(random, _corrects(_result(random, case_id, days), before), case_id))
    if random.random() < 0.2:
        made.acts.append(_withdrawn(random, case_id, random.choice(made.acts)))
    if random.random() < 0.25:
        conclusions = [_draft(random, _concluded(random, case_id), case_id, random.choice(["sichuan", "chongqing"]))]
        while random.random() < 0.4:
            again = _corrects(_concluded(random, case_id), str(conclusions[-1].head.id))
            conclusions.append(_draft(random, again, case_id, conclusions[0].head.source.split("/")[1]))
        if random.random() < 0.2:
            conclusions.append(_withdrawn(random, case_id, random.choice(conclusions)))
        made.acts += conclusions
    return made


def _corrects(event: Any, original: object) -> Any:
    return replace(event, head=replace(event.head, correction_of=str(original)))


def undone(random: Random, cases: Iterable[Case], evidence: Collection[str]) -> Iterator[Draft]:
    """Withdraws each of these results, which is then part of its case's history."""
    for case in cases:
        for act in [act for act in case.acts if str(act.head.id) in evidence]:
            case.acts.append(_withdrawn(random, act.head.subject, act))
            yield case.acts[-1]


def _withdrawn(random: Random, case_id: str, named: Draft) -> Draft:
    basis = random.choice([WithdrawalBasis.MISTAKEN, WithdrawalBasis.RETEST_OVERTURNED])
    event = Withdrawn(head=CaseHead(case_id=case_id), event_id=str(named.head.id), basis=basis, reason="样品混淆")
    return _draft(random, event, case_id, named.head.source.split("/")[1])


def _concluded(random: Random, case_id: str) -> ObjectionResolved:
    return concluded(random.choices([ObjectionOutcome.OVERTURNED, ObjectionOutcome.UPHELD], [3, 1])[0], case=case_id)


def concluded(outcome: ObjectionOutcome, *, case: str = CASE) -> ObjectionResolved:
    """How an objection against a result ended."""
    return ObjectionResolved(
        head=CaseHead(case_id=case),
        sample_no=case.rpartition("/")[2],
        kind=ObjectionKind.RETEST,
        raised_on=TODAY,
        outcome=outcome,
        resolved_on=TODAY,
        authority=Authority(division="510000"),
    )


def _result(random: Random, case_id: str, days: int) -> ResultReported:
    verdict = random.choices([Verdict.FAILED, Verdict.PASSED, Verdict.PROBLEM], [8, 2, 1])[0]
    notice = random.choices([NoticeClass.FOLLOW_UP, NoticeClass.FRAUD], [20, 1])[0]
    return replace(
        result(verdict),
        head=CaseHead(case_id=case_id, notice_class=notice),
        labelled_producer=random.choice(MAKERS),
        sampling=Sampling(sample_no=case_id.rpartition("/")[2], taken_on=TODAY - random.randrange(days)),
    )


def _draft(random: Random, event: Any, case_id: str, province: str = "") -> Draft:
    source = f"/{province or case_id.partition('/')[0]}/amr"
    return draft(event, id=_id(random), source=source, subject=case_id, time=NOON, recordedtime=NOON)


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


def shuffled(random: Random, cases: Iterable[Case]) -> Iterator[Draft]:
    """Everything, in any order across cases, in its own order within each."""
    left = [list(case.acts) for case in cases if case.acts]
    while left:
        place = random.randrange(len(left))
        yield left[place].pop(0)
        if not left[place]:
            left.pop(place)


def warned_of(cases: Sequence[Case]) -> Evidence:
    """All there is to warn of in the end."""
    failed: dict[str, list[tuple[int, UUID, str]]] = defaultdict(list)
    for case in cases:
        last = _in_effect(case, ResultReported)
        objection = _in_effect(case, ObjectionResolved)
        overturned = objection is not None and objection.event.outcome is ObjectionOutcome.OVERTURNED
        if last is None or overturned or last.event.verdict is not Verdict.FAILED or last.event.head.notice_class is NoticeClass.FRAUD:
            continue
        if maker := last.event.labelled_producer:
            key = maker.uscc or derived_party_key(maker.name, maker.division)
            failed[key].append((last.event.sampling.taken_on, last.head.id, case.province))
    found: dict[tuple[str, int], set[tuple[int, UUID]]] = defaultdict(set)
    for key, them in failed.items():
        for (one, a, here), (other, b, there) in itertools.combinations(them, 2):
            if here != there and abs(one - other) <= 90:
                found[key, max(one, other) // 90] |= {(one, a), (other, b)}
    return {where: [str(event) for _, event in sorted(them)] for where, them in found.items()}


def _in_effect(case: Case, kind: type) -> Any:
    """The version that holds of the one statement of a kind: from the first one along its corrections, unless one of them is withdrawn."""
    corrected = {act.event.head.correction_of: act for act in case.acts if isinstance(act.event, kind)}
    withdrawn = {act.event.event_id for act in case.acts if isinstance(act.event, Withdrawn)}
    last, versions = None, set()
    while (following := corrected.get(str(last.head.id) if last else None)) is not None:
        last = following
        versions.add(str(last.head.id))
    return None if versions & withdrawn else last
