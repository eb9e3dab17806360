"""How a schema is written down: one way only, so that a changed byte is a changed law."""

from __future__ import annotations

import json

WIDTH = 140


def written(value: object, indent: int = 0, used: int = 0) -> str:
    """JSON as the tree keeps it: what fits in WIDTH stands on one line, the rest is broken at its parts. used: columns taken before it."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + used + len(line) < WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        heads = [(f"{json.dumps(key, ensure_ascii=False)}: ", part) for key, part in value.items()]
    else:
        heads = [("", part) for part in value]
    body = ",\n".join(f"{inner}{head}{written(part, indent + 2, len(head))}" for head, part in heads)
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n{body}\n{' ' * indent}{end}"


def file_text(schema: object) -> str:
    """The whole text of a file that holds `schema`."""
    return written(schema) + "\n"
