"""
信用: sanctions and their lifting as facts.

Consumes `credit` of every province. Emits *delivered* receipts. Owns no table: its cases stand in schema `cases`, kept by `casework`.
Promises: a sanction is the same case at every node, open until it is lifted or withdrawn and every node has confirmed that (P9); a lifting
that overtakes its sanction waits for it.
"""
