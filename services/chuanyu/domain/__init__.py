"""
The vocabulary and the rules that services share: identifiers, divisions, dates, readings, routing, clocks, classes.

Pure: values in, values out. Nothing here reads a clock, opens a connection or remembers a call; the tables under `data/` are read once.
"""
