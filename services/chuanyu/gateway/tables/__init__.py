"""
Published announcement tables (抽检公告) read to submissions, as one stream from file to answers (domain.md 4.3).

Reading order: rows (csv_rows, xlsx_rows) number the records · heads tell what a column says · records keeps the data rows, items takes
their failed items apart · statements groups rows to samples · understood reads the cells (fields, parties, production) · parse makes one
submission · sending and importing take it to the gateway, rehearsal stands in for one · report and rejects say what became of it.
"""
