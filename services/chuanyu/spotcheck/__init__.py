"""
抽检: what a sample's result asks of whom.

Consumes `spotcheck` of every province. Emits *delivered* receipts. Owns no table: its cases stand in schema `cases`, kept by `casework`.
Promises: a failed sample is an open case at every node, with the same authorities owing the same by the same instants; a passed one owes
nothing and is one record.
"""
