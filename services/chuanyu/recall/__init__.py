"""
召回: recall notices as facts, told to every division that may have got the goods (流向地).

Consumes `recall` of every province. Emits *delivered* receipts. Owns no table: its cases stand in schema `cases`, kept by `casework`.
Promises: a notice is the same case at every node, open until it is withdrawn; what its rules will owe comes with them.
"""
