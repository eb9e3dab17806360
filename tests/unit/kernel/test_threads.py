"""Bus threads and callers' threads share the codec, from the first record of a kind on."""

from __future__ import annotations

import subprocess
import sys

FIRST_MEETINGS = """
import importlib, sys, threading
from dataclasses import replace

from chuanyu.contracts import common, registry, spotcheck
from chuanyu.kernel import codec

sys.setswitchinterval(1e-6)
contract = registry.BY_TYPE["chuanyu.spotcheck.result_reported.v1"]
old = spotcheck.ResultReported
event = old(
    head=common.CaseHead(case_id="sichuan/spotcheck/XBJ26510000000001"),
    task=spotcheck.Task(type=spotcheck.TaskType.SUPERVISION),
    sampled_unit=spotcheck.SampledUnit(party=common.Party(name="合成超市")),
    product=common.Product(name="合成白酒"),
    sampling=spotcheck.Sampling(sample_no="XBJ26510000000001"),
    verdict=spotcheck.Verdict.PASSED,
)
value = codec.encode(event)
for _ in range(40):
    importlib.reload(common)
    fresh = importlib.reload(spotcheck).ResultReported
    registry.CONTRACTS[contract.id] = replace(contract, cls=fresh)
    registry.BY_CLASS[fresh] = registry.CONTRACTS[contract.id]
    start, read = threading.Barrier(4), []

    def meet():
        start.wait()
        read.append(codec.decode(value))

    threads = [threading.Thread(target=meet) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(one) for one in read] == [fresh] * 4
"""


def test_threads_that_meet_a_contract_at_once_all_read_it() -> None:
    """In a process of its own, for what went wrong here ended the process: classes anew each time, read by four threads at once."""
    done = subprocess.run([sys.executable, "-c", FIRST_MEETINGS], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
