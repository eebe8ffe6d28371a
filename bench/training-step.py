"""One BarcodeBERT training step in PyTorch, timed on request: the peer of bench/training-step.ts.

Reads one JSON object a line: {"k": 6, "layers": 4, "heads": 4, "width": 768, "batch": 16} builds the model;
{"optimizer": "default" | "fused"} runs one step and prints its seconds; an empty line ends.
Needs torch >= 2.13 (CPU build) and transformers.
"""

import json
import sys
import time

import torch
import transformers
from transformers import BertConfig, BertForTokenClassification


def blas() -> str:
    lines = torch.__config__.show().splitlines()
    return next((line.strip(" -") for line in lines if "Math Kernel Library" in line or "OpenBLAS" in line), "unknown BLAS")


def main() -> None:
    settings = json.loads(sys.stdin.readline())
    torch.set_num_threads(settings["threads"])
    torch.manual_seed(0)
    k, batch = settings["k"], settings["batch"]
    tokens = 660 // k
    config = BertConfig(
        vocab_size=4**k + 2,
        hidden_size=settings["width"],
        intermediate_size=4 * settings["width"],
        num_hidden_layers=settings["layers"],
        num_attention_heads=settings["heads"],
        num_labels=4**k,
    )
    model = BertForTokenClassification(config).train()
    optimizers = {
        "default": torch.optim.AdamW(model.parameters(), lr=1e-4),
        "fused": torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True),
    }
    version = f"torch {torch.__version__}, transformers {transformers.__version__}, {blas()}, {torch.get_num_threads()} threads"
    print(json.dumps({"version": version, "parameters": sum(p.numel() for p in model.parameters())}), flush=True)
    for line in sys.stdin:
        if not line.strip():
            break
        optimizer = optimizers[json.loads(line)["optimizer"]]
        target = torch.randint(2, 4**k + 2, (batch, tokens))
        ids = torch.where(torch.rand(batch, tokens) < 0.5, 0, target)
        mask = torch.ones_like(ids)
        started = time.perf_counter()
        logits = model(input_ids=ids, attention_mask=mask).logits
        loss = torch.nn.functional.cross_entropy(logits.view(-1, 4**k), (target - 2).view(-1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        seconds = time.perf_counter() - started
        print(json.dumps({"seconds": seconds, "loss": loss.item()}), flush=True)


main()
