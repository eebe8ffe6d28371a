"""The reference rules of the k-mer tokenizer as upstream runs them: slice every window, look it up in a dict.

Reads barcodes (one a line) from the file argv[1]; argv[2] is k. Prints the seconds of each of argv[3] rounds and a checksum as JSON.
"""

import itertools
import json
import sys
import time

MAX_LEN = 660


def main(path, k, rounds):
    with open(path, encoding="ascii") as file:
        barcodes = file.read().split()
    table = {"".join(p): i + 2 for i, p in enumerate(itertools.product("ACGT", repeat=k))}

    def encode(sequence):
        text = sequence[:MAX_LEN] if len(sequence) > MAX_LEN else sequence + "N" * (MAX_LEN - len(sequence))
        ids = [table.get(text[i : i + k], 1) for i in range(0, MAX_LEN - k + 1, k)]
        attended = [1 if i < len(sequence) // k else 0 for i in range(MAX_LEN // k)]
        return ids, attended

    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        encoded = [encode(sequence) for sequence in barcodes]
        seconds.append(time.perf_counter() - start)
    checksum = sum(sum(ids) + sum(attended) for ids, attended in encoded)
    print(json.dumps({"seconds": seconds, "checksum": checksum, "python": sys.version.split()[0]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
