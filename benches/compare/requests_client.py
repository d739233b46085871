"""Python's requests, with a session that keeps its connection: MODE URL PATH CA-FILE COUNT WARM, as client.c has it."""

import statistics
import sys
import time

import requests

_, mode, url, path, ca_file, count, warm = sys.argv
session = requests.Session()
session.trust_env = False
session.verify = ca_file
session.headers.update({"Accept": "application/json;version=38.1", "Authorization": "Bearer " + "abcdefgh" * 64})
taken = []
for turn in range(int(warm) + int(count)):
    before = time.perf_counter()
    answer = session.get(url + path)
    taken.append(time.perf_counter() - before)
    if answer.status_code != 200:
        sys.exit(f"HTTP {answer.status_code}")
print(f"p50_us {statistics.median(taken[int(warm):]) * 1e6:.3f}")
