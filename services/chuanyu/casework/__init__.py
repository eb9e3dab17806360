"""
办件: the mechanics that every family service shares: cases, obligations with due times, receipts, references that wait.

Consumes what the family service hands over, inside its transaction. Emits *delivered* receipts, `obligation_overdue` and
the endings of a family's facts. Owns schema `cases`. Promises D7–D12: a case is a pure fold over the set of its events, so both nodes hold
the same bytes, in whatever order the topics came; P7, D25: a lapse is said once a level.

Read `case` (what a case is) → `steps` (what a family adds) → `bonds` (which events take effect, and when) → `fold` (the fold and its fast
path) → `obligations` and `receipts` (what a change means for them), `notices` (whom it concerns) → `work` (one batch, one transaction) →
`queries` (all SQL that writes), `noticeboard` (word left for the inboxes) → `service` (what the bus thread runs). What all families have
in common: `acts` (follow-ups, closings) and `restating` (another class or level, reopening). Then what time does: `lapses` (when a duty
warns, lapses, climbs) and `endings` (when a case is over or silent) → `coming` (the SQL that finds it) → `decisions` (what is said of
it) → `timers` (the look a second). What no record may lack stands in `domain.records`.

Then how it is read: `timeliness` (how what is owed stands now) → `content` (an event, cut to a clearance) → `listing`, `events` (the SQL) →
`reader` (what one may know) → `messages` → `api` (gRPC) → `rest`; the gateway's process opens both doors. More files than a service has:
five families share them and none may grow its own.
"""
