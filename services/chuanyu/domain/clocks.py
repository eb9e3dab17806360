"""
When something is due. Source: domain 9, counting rules 1-13; Civil Code (民法典) 201-204.

Pure: the instants come in, Asia/Shanghai is the only clock. Test with dates, never with durations: days are not seconds.
"""

import calendar as gregorian
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from chuanyu.domain.calendar import STATE, Calendar
from chuanyu.domain.clock_rules import Rule
from chuanyu.domain.dates import SHANGHAI, day_of

_END_OF_DAY = time(23, 59, 59, tzinfo=SHANGHAI)
_SECOND = timedelta(seconds=1)
_MORNING = time(9, tzinfo=SHANGHAI)
_SHARES = (50, 80)
# Once, by an event; in the rule's own unit (办法 32, 投诉举报处理暂行办法 23).
_EXTENSIONS = {"spotcheck_retest_laboratory": 5, "lead_verification": 15}


@dataclass(frozen=True, slots=True)
class Deadline:
    """
    What one rule made of one trigger; instants carry the offset of Asia/Shanghai.

    `due` is the last instant shown, 23:59:59 of the last day or the very instant of an hour clock. `counted`: the working days.
    `rolled_from`: the day off on which it would have ended. `certain` is false where the state has not yet published a day that was asked.
    """

    rule: Rule
    trigger: datetime
    due: datetime
    certain: bool = True
    counted: tuple[date, ...] = ()
    rolled_from: date | None = None
    nth: int = 1
    extended: bool = False

    def in_time(self, met: datetime) -> bool:
        """Whether something done at that instant was in time: up to the due instant, or before the day after."""
        return met <= self.due if self.rule.unit == "hour" else met < self.due + _SECOND

    @property
    def takes_effect(self) -> datetime:
        """When a wait, an end or a keep does what it says: at 00:00 of the day after; of hours at the instant."""
        return self.due if self.rule.unit == "hour" else self.due + _SECOND


@dataclass(frozen=True, slots=True)
class Reminder:
    """A warning before a duty lapses: at a share of the way in percent, or null for the morning of the last working day."""

    at: datetime
    share: int | None


@dataclass(frozen=True, slots=True)
class Start:
    """Where a clock of something served starts, and whether that is only assumed until the party's day is known."""

    at: datetime
    provisional: bool


def due(rule: Rule, trigger: datetime, *, nth: int = 1, calendar: Calendar = STATE) -> Deadline:
    """
    The deadline of a rule from an instant (ValueError if it has no offset); of a repeating rule the nth, each counted from the trigger.

    Which version of a rule counts is `rule_in_force` on the trigger's day.
    """
    if trigger.tzinfo is None:
        raise ValueError("a trigger needs an offset")
    start, length = trigger.astimezone(SHANGHAI), rule.length * nth
    if rule.unit == "hour":
        found = Deadline(rule, start, start + timedelta(hours=length))
    elif rule.unit == "working_day":
        found = _working_days(rule, start, length, calendar)
    else:
        found = _plain_days(rule, start, length, calendar)
    return found if nth == 1 else replace(found, nth=nth)


def extended(deadline: Deadline, *, calendar: Calendar = STATE) -> Deadline | None:
    """The deadline after its one extension, counted on from the old due; null if the rule knows none or it was used."""
    length = _EXTENSIONS.get(deadline.rule.rule_id)
    if length is None or deadline.extended:
        return None
    longer = due(replace(deadline.rule, length=length), deadline.due, calendar=calendar)
    return replace(
        longer,
        rule=deadline.rule,
        trigger=deadline.trigger,
        counted=deadline.counted + longer.counted,
        certain=deadline.certain and longer.certain,
        extended=True,
    )


def reminders(deadline: Deadline, *, calendar: Calendar = STATE) -> tuple[Reminder, ...]:
    """The warnings of a duty in order of time: at 50 % and 80 % of the way, at 09:00 of the last working day. Others have none."""
    if deadline.rule.kind != "duty" or deadline.due <= deadline.trigger:
        return ()
    way = deadline.due - deadline.trigger
    found = [Reminder(deadline.trigger + way * share / 100, share) for share in _SHARES]
    found.append(Reminder(_last_morning(deadline.due, calendar), None))
    return tuple(sorted((reminder for reminder in found if reminder.at > deadline.trigger), key=lambda reminder: reminder.at))


def escalation(deadline: Deadline, nth: int, *, calendar: Calendar = STATE) -> datetime | None:
    """When an unmet duty climbs its nth level: at due, then each length later in the rule's own unit; a length of 0 climbs once."""
    if nth == 1:
        return deadline.due
    if deadline.rule.length == 0:
        return None
    return due(deadline.rule, deadline.due, nth=nth - 1, calendar=calendar).due


def answer_by(day: date) -> datetime:
    """The due instant of a day that a person named: its 23:59:59, no roll."""
    return datetime.combine(day, _END_OF_DAY)


def served_start(served_on: date | None, announced_on: date | None, accepted_at: datetime) -> Start:
    """Where a clock of something served starts: the party's day, else provisionally the announcement's, else the acceptance."""
    day = served_on or announced_on
    at = datetime.combine(day, time(tzinfo=SHANGHAI)) if day else accepted_at.astimezone(SHANGHAI)
    return Start(at, provisional=served_on is None)


def recomputed(old: Deadline, new: Deadline, noticed: datetime, *, calendar: Calendar = STATE) -> Deadline:
    """The deadline that holds once a table changed: one that became earlier makes nobody late before one working day after notice."""
    if new.due >= old.due:
        return new
    (notice,), _ = calendar.add_working_days(day_of(noticed), 1)
    return replace(new, due=max(new.due, answer_by(notice)))


def reclassified(old: Deadline, new: Deadline, *, level_rose: bool) -> Deadline:
    """The deadline of the new class; where the level rose it never ends later than the old one."""
    return replace(new, due=min(new.due, old.due)) if level_rose else new


def _working_days(rule: Rule, start: datetime, length: int, calendar: Calendar) -> Deadline:
    counted, certain = calendar.add_working_days(start.date(), length)
    return Deadline(rule, start, answer_by(counted[-1] if counted else start.date()), certain, counted)


def _plain_days(rule: Rule, start: datetime, length: int, calendar: Calendar) -> Deadline:
    last = add_months(start.date(), length) if rule.unit == "month" else start.date() + timedelta(days=length)
    if not rule.roll:
        return Deadline(rule, start, answer_by(last))
    rolled, certain = calendar.roll(last)
    return Deadline(rule, start, answer_by(rolled), certain, rolled_from=last if rolled != last else None)


def add_months(day: date, months: int) -> date:
    """The same day number, or the month's last day (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


def _last_morning(due_at: datetime, calendar: Calendar) -> datetime:
    morning = datetime.combine(calendar.last_working_day(due_at.date()), _MORNING)
    return morning if morning <= due_at else datetime.combine(calendar.last_working_day(due_at.date() - timedelta(days=1)), _MORNING)
