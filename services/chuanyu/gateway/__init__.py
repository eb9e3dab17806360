"""
前门: where members speak to the bus and are named, judged and answered; whatever is said here is said once (D19, D20).

Consumes `system` of both provinces (a re-send asked of this node, keys). Emits what members submit. Owns schema `gateway`.
Promises P1: "accepted" is answered after the commit. A request is refused whole, or each event of it has a result of its own.

Read in this order: rules.py (what one submission must be) and contents.py (what its data must be; acts.py and qualifications.py for what is
said of cases and of laboratories), joining.py (which case an event adds to), keys.py (business keys, case ids),
accept.py (a batch in one transaction), settle.py (said before or not) with chains.py (the versions of a statement) and drafts.py (its
record), queries.py, api.py (gRPC), rest.py. members.py and identity.py say who may come in;
tables/ reads published tables for `chuanyu import`.
"""
