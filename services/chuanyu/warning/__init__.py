"""
预警: what single events do not show. Today one rule: a producer whose samples failed in both provinces within 90 days.

Consumes `spotcheck` and `warning` of every province. Emits `warning.alert_raised`, `warning.alert_closed` and, for alerts of the other
province, *delivered* receipts. Owns schema `warning`; the cases of its family stand in `cases`, kept by `casework`. Promises: what is
warned of follows from the results that stand alone, whatever sequence they came in; each evidence set is said once, by one node, and taken
back when it falls away; repetitions, restarts and kills change nothing.

Read `rules` (which evidence sets there are, and what is to be said of them) → `handlers` (one batch, one transaction) → `queries` (all SQL)
→ `cases` (what an alert does to its case) → `applying` (a batch under the fence, as the kernel's bus threads apply one) → `stream` (faust,
which brings the batches). A process of its own, since faust keeps an event loop of its own (D22).
"""
