"""
结果互认: both provinces' facts as one view, answered with evidence.

Consumes spotcheck, recall, credit and reference of both provinces. Emits *delivered* receipts for `reference`, whose cases it keeps by
`casework`. Owns schema `recognition`. Promises D8 (the view is
a pure function of the set of events and the policy tables: any arrival order gives the same rows) and P9 (what is withdrawn, overturned,
lifted or expired is gone from every answer at once).

Read `policy` (where a reason leads, by which source) → `rules` (which reasons apply) with `qualifications` (how a laboratory or
certificate stood) → `details`, `facts` (what is kept of an event) → `fold` (which version of a case stands) → `handlers`, with `cases`
(licences, certificates and disputes as cases) → `queries` (what is written) → `questions` → `search`, `listing` (what is found) → `aside`
(what quarantine keeps from the answers) → `answers` → `messages` → `api` (gRPC) → `rest`.
More files than a service has: policy is data of its own, questions come in six kinds through two doors, and every answer is cut to its
reader.
"""
