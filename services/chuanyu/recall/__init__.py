"""
召回: recall notices as facts, told to every division that may have got the goods (流向地).

Consumes `recall` of every province. Emits *delivered* receipts. Owns no table: its cases stand in schema `cases`, kept by `casework`.
Promises: a notice is the same case at every node, open until it is withdrawn; every flagged division owes an answer within four working
days of delivery at its node (`recall_consignee_follow_up`), until it says 已核查未发现 or 已发现已处置.
Progress and ending come with their events.
"""
