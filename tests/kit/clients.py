"""Members that submit through the front door and never give up: each event is said again until it is answered."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from kit.checker import Submission


def result(sample: str, *, source: str, number: int, corrects: str | None = None, remark: str = "") -> dict[str, Any]:
    """The CloudEvent of a passed sample, or of its correction."""
    head = {"correction_of": corrects} if corrects else {}
    return {
        "specversion": "1.0",
        "id": f"{sample}-{number}",
        "source": source,
        "type": "chuanyu.spotcheck.result_reported.v1",
        "data": {
            "head": head,
            "task": {"type": "SUPERVISION"},
            "sampled_unit": {"party": {"name": "合成超市"}},
            "product": {"name": f"白酒{number}"},
            "sampling": {"sample_no": sample},
            "verdict": "PASSED",
        },
    }


class Submitter(threading.Thread):
    """Submits cases of its own in batches over REST: `each` events a case, an original and then corrections of what stands.

    history: what it was told, for the checker. A refusal is a failure of the test.
    """

    def __init__(self, address: str, folder: Path, ca: Path, source: str, name: str, cases: int, each: int, batch: int = 50) -> None:
        super().__init__(name=name, daemon=True)
        self._address, self._source, self._batch = address, source, batch
        self._tls = ssl.create_default_context(cafile=str(ca))
        self._tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self._cases, self._each = cases, each
        self.history: list[Submission] = []
        self.refused: list[Any] = []
        self.retries = 0
        self.gave_up = threading.Event()

    def run(self) -> None:
        samples = [f"XBJ26{_digits(self.name)}{number:07d}" for number in range(self._cases)]
        for start in range(0, len(samples), self._batch):
            standing: dict[str, str] = {}
            for number in range(self._each):
                some = samples[start : start + self._batch]
                events = [result(sample, source=self._source, number=number, corrects=standing.get(sample)) for sample in some]
                for sample, event_id in zip(some, self._said(events), strict=True):
                    standing[sample] = event_id

    def _said(self, events: Sequence[dict[str, Any]]) -> list[str]:
        submitted = time.monotonic()
        answers = self._until_answered(events)
        answered = time.monotonic()
        self.refused += [answer for answer in answers if answer["outcome"] == "refused"]
        said = [(answer["event_id"] or "refused", answer["case_id"] or "") for answer in answers]
        self.history += [Submission(event, case, submitted, answered) for event, case in said]
        return [event for event, _ in said]

    def _until_answered(self, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        for client in self._clients():
            try:
                answer = client.post(
                    f"https://{self._address}/v1/events", json=list(events), headers={"content-type": "application/cloudevents-batch+json"}
                )
            except httpx.HTTPError:
                continue
            if answer.status_code == 200:
                return list(answer.json())
            if answer.status_code not in (429, 500, 502, 503, 504):
                raise AssertionError(f"{answer.status_code}: {answer.text[:500]}")
        raise AssertionError("the test ended before an answer came")

    def _clients(self) -> Iterator[httpx.Client]:
        pause = 0.0
        while not self.gave_up.wait(pause):
            with httpx.Client(verify=self._tls, timeout=30) as client:
                yield client
            self.retries += 1
            pause = 0.1


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit()).rjust(4, "0")
