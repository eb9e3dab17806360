"""Random histories of samples of a few producers, and by plain pairs what there is to warn of: the oracle of the rule."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from msgspec.structs import replace

from chuanyu.contracts.case import WithdrawalBasis, Withdrawn
from chuanyu.contracts.common import CaseHead, NoticeClass, Party
from chuanyu.contracts.spotcheck import ResultReported, Sampling, Verdict
from chuanyu.domain.uscc import derived_party_key
from chuanyu.kernel.codec import Draft, draft
from kit.cases import NOON, result

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
    """Cases with failed, passed, corrected, withdrawn and overturned results, of few producers so that they meet."""
    return [_case(random, number, days, word) for number in range(cases)]


def _case(random: Random, number: int, days: int, word: str) -> Case:
    province = random.choice(["sichuan", "chongqing"])
    case_id = f"{province}/spotcheck/XBJ{word}{number:08d}"
    made = Case(province)
    said = _result(random, case_id, days)
    made.acts.append(_draft(random, said, case_id))
    while random.random() < 0.35:
        before = str(made.acts[-1].head.id)
        again = _result(random, case_id, days)
        made.acts.append(_draft(random, replace(again, head=replace(again.head, correction_of=before)), case_id))
    if random.random() < 0.2:
        basis = random.choice([WithdrawalBasis.MISTAKEN, WithdrawalBasis.RETEST_OVERTURNED])
        named = str(random.choice(made.acts).head.id)
        made.acts.append(_draft(random, Withdrawn(head=CaseHead(case_id=case_id), event_id=named, basis=basis, reason="样品混淆"), case_id))
    return made


def _result(random: Random, case_id: str, days: int) -> ResultReported:
    verdict = random.choices([Verdict.FAILED, Verdict.PASSED, Verdict.PROBLEM], [8, 2, 1])[0]
    notice = random.choices([NoticeClass.FOLLOW_UP, NoticeClass.FRAUD], [20, 1])[0]
    return replace(
        result(verdict),
        head=CaseHead(case_id=case_id, notice_class=notice),
        labelled_producer=random.choice(MAKERS),
        sampling=Sampling(sample_no=case_id.rpartition("/")[2], taken_on=TODAY - random.randrange(days)),
    )


def _draft(random: Random, event: ResultReported | Withdrawn, case_id: str) -> Draft:
    source = f"/{case_id.partition('/')[0]}/amr"
    return draft(event, id=UUID(int=random.getrandbits(128), version=4), source=source, subject=case_id, time=NOON, recordedtime=NOON)


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
        results = [act for act in case.acts if isinstance(act.event, ResultReported)]
        last = results[-1]
        fits = last.event.verdict is Verdict.FAILED and last.event.head.notice_class is not NoticeClass.FRAUD
        if fits and len(results) == len(case.acts) and last.event.labelled_producer:
            maker = last.event.labelled_producer
            key = maker.uscc or derived_party_key(maker.name, maker.division)
            failed[key].append((last.event.sampling.taken_on, last.head.id, case.province))
    found: dict[tuple[str, int], set[tuple[int, UUID]]] = defaultdict(set)
    for key, them in failed.items():
        for (one, a, here), (other, b, there) in itertools.combinations(them, 2):
            if here != there and abs(one - other) <= 90:
                found[key, max(one, other) // 90] |= {(one, a), (other, b)}
    return {where: [str(event) for _, event in sorted(them)] for where, them in found.items()}
