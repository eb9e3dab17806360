"""
收件箱: what concerns a member reaches it, in order, at least once until it is acknowledged; then the node says *processed* (D11).

Consumes the notices that casework leaves (`casework.noticeboard`), in the gateway's process. Emits *processed* receipts. Owns schema
`inbox`. Promises: one delivery for each member and event, under an id that follows from both (P2); an owner's order within a case (P3); no
place is given that a later commit could slip in front of; a member who never asks costs a row of references for each event.

Read `rules` (who gets what, and why) → `queries` (handing out, acknowledging: all SQL that writes) → `dispatcher` (the one who hands out) →
`bell` (who waits for something new) → `listing` (what a member has not acknowledged) → `messages` → `api` (gRPC) → `rest`; `standings`
for operators.
"""
