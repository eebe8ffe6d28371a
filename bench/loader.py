"""Photos as batches of tensors with Pillow and torchvision, timed on request: the peer of bench/loader.ts.

Reads one JSON object a line: {"files": [...], "batch": 32} first; {"workers": 0 | 2} makes one pass and prints its seconds; an empty line ends.
Needs torch, torchvision and pillow.
"""

import json
import sys
import time

import PIL
import torch
import torchvision
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms


class Photos(Dataset):
    def __init__(self, files):
        self.files = files
        self.transform = transforms.Compose([
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize([0.76281859, 0.76503749, 0.76373138], [0.14205404, 0.15642502, 0.17309470]),
        ])

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        return self.transform(Image.open(self.files[index]).convert("RGB"))


def main() -> None:
    settings = json.loads(sys.stdin.readline())
    photos = Photos(settings["files"])
    print(json.dumps({"version": f"pillow {PIL.__version__}, torchvision {torchvision.__version__}, torch {torch.__version__}, Python {sys.version.split()[0]}"}), flush=True)
    for line in sys.stdin:
        if not line.strip():
            break
        workers = json.loads(line)["workers"]
        started = time.perf_counter()
        total = sum(batch.shape[0] for batch in DataLoader(photos, batch_size=settings["batch"], num_workers=workers))
        print(json.dumps({"seconds": time.perf_counter() - started, "pictures": total}), flush=True)


main()
