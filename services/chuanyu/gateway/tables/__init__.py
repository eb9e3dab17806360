"""
Tables read to submissions, as one stream from file to answers: announcements (抽检公告, domain.md 4.3), laboratories, certificates.

Reading order: rows (csv_rows, xlsx_rows) number the records · heads tell what a column says, by the layout of a kind · records keeps the
data rows · kinds: what a kind is. Announcements: columns and announcements (their layout), items takes failed items apart, statements
groups rows to samples, understood reads the cells (fields, parties, production), parse makes one submission. Laboratories and certificates
stand in qualifications. Then sending and importing take it to the gateway, rehearsal stands in for one · report and rejects say what came
of it.
"""
