"""
隔离区: records that can never be applied, and what persons decide about them (P4, D13, D14). An API in the gateway's process (D22).

Shows the parked records of all services of the node, cut to the reader's clearance. Consumes nothing; owns no table, for those of
quarantine are the kernel's. Says `system.message_released` and `system.message_discarded`, one a record and act, in the transaction that
decides; the bus threads carry the act out in sequence. Promises: nobody without the role `ops` sees or decides anything; an act is never
lost, never changed and never taken back; of two persons who decide at once one is told that the other was first.
"""
