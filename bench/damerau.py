"""rapidfuzz as the peer of bench/damerau.ts: restricted Damerau (OSA), one worker.

Reads one JSON question a line on stdin, answers one a line on stdout. {"sequences": [...]}: remembers them. {"cdist": true}: all pairs
once; seconds, and the SHA-256 of the distances above the diagonal as uint16, row by row. {"pairs": [[a, b], ...]}: their distances.
"""

import hashlib
import json
import sys
import time

import numpy as np
import rapidfuzz
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

sequences = []
for line in sys.stdin:
    question = json.loads(line)
    if "sequences" in question:
        sequences = question["sequences"]
        answer = {"version": rapidfuzz.__version__}
    elif "cdist" in question:
        start = time.perf_counter()
        matrix = cdist(sequences, sequences, scorer=OSA.distance, workers=1, dtype=np.uint16)
        seconds = time.perf_counter() - start
        above = np.ascontiguousarray(matrix[np.triu_indices(len(sequences), 1)])
        answer = {"seconds": seconds, "hash": hashlib.sha256(above.tobytes()).hexdigest()}
    else:
        answer = {"distances": [OSA.distance(a, b) for a, b in question["pairs"]]}
    print(json.dumps(answer), flush=True)
