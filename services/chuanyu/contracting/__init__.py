"""
From the law to the classes: reads `schemas/avro`, proves that it keeps its own rules, and writes `chuanyu.contracts` from it.

Reading order: tree (the files), layout (how they are written), lint and versions (what they must keep), lock (ids), generator (the
classes), forms (plain JSON ⇄ wire), examples (golden bytes).
"""
