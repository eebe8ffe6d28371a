"""Training steps and embedding in PyTorch, timed on request: the peer of the benches of the engine.

Reads one JSON object a line. The first builds the model: {"model": "barcodebert", "k": 6, "layers": 4, "heads": 4, "width": 768,
"batch": 16, "threads": 2}, or "vit-tiny" or "resnet-18" with batch and threads, or "alignment" (ViT-Tiny and BarcodeBERT in a common "space"). Then {"optimizer": "default" | "fused"} runs one step and
prints its seconds, {"embed": true} embeds a batch, {"gemm": 1024} multiplies two such squares and prints its GFLOP/s; an empty line ends.
Needs torch >= 2.13 (CPU build) and transformers; timm and torchvision for the pictures; open_clip_torch, if it is there, for the loss.
"""

import json
import math
import resource
import sys
import time

import torch
from torch.nn import functional


def blas() -> str:
    lines = torch.__config__.show().splitlines()
    return next((line.strip(" -") for line in lines if "Math Kernel Library" in line or "OpenBLAS" in line), "unknown BLAS")


def barcodebert(settings):
    import transformers
    from transformers import BertConfig, BertForTokenClassification

    k, batch = settings["k"], settings["batch"]
    config = BertConfig(
        vocab_size=4**k + 2,
        hidden_size=settings["width"],
        intermediate_size=4 * settings["width"],
        num_hidden_layers=settings["layers"],
        num_attention_heads=settings["heads"],
        num_labels=4**k,
    )
    model = BertForTokenClassification(config).train()

    def batch_of():
        target = torch.randint(2, 4**k + 2, (batch, 660 // k))
        ids = torch.where(torch.rand(target.shape) < 0.5, 0, target)
        return ids, torch.ones_like(ids), target

    def loss(ids, mask, target):
        logits = model(input_ids=ids, attention_mask=mask).logits
        return functional.cross_entropy(logits.view(-1, 4**k), (target - 2).view(-1))

    def embed(ids, mask, target):
        return model.bert(input_ids=ids, attention_mask=mask).last_hidden_state.mean(dim=1)

    return model, batch_of, loss, embed, f"transformers {transformers.__version__}"


def picture_model(model, settings):
    def batch_of():
        return (torch.randn(settings["batch"], 3, 224, 224),)

    return model, batch_of, lambda pixels: model(pixels).square().mean(), model


class Aligned(torch.nn.Module):
    """ViT-Tiny and BERT with linear projections, in open_clip's space: unit vectors, a learnt scale."""

    def __init__(self, settings):
        super().__init__()
        import timm
        from transformers import BertConfig, BertModel

        k, width = settings["k"], settings["width"]
        self.image = timm.create_model("vit_tiny_patch16_224", num_classes=0)
        self.dna = BertModel(
            BertConfig(
                vocab_size=4**k + 2,
                hidden_size=width,
                intermediate_size=4 * width,
                num_hidden_layers=settings["layers"],
                num_attention_heads=settings["heads"],
            ),
            add_pooling_layer=False,
        )
        self.image_projection = torch.nn.Linear(192, settings["space"])
        self.dna_projection = torch.nn.Linear(width, settings["space"])
        self.logit_scale = torch.nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(self, pixels, ids, mask):
        image = functional.normalize(self.image_projection(self.image(pixels)), dim=-1)
        states = self.dna(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled = (states * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        return image, functional.normalize(self.dna_projection(pooled), dim=-1), self.logit_scale.clamp(max=math.log(100)).exp()


def clip_loss():
    """open_clip's, or its formula where the package is not there."""
    try:
        import open_clip
        from open_clip.loss import ClipLoss

        return ClipLoss(), f"open_clip {open_clip.__version__}"
    except ImportError:

        def loss(image, dna, scale):
            logits = scale * image @ dna.T
            labels = torch.arange(len(image))
            return (functional.cross_entropy(logits, labels) + functional.cross_entropy(logits.T, labels)) / 2

        return loss, "open_clip's loss by its formula"


def aligned(settings):
    import timm
    import transformers

    k, batch = settings["k"], settings["batch"]
    model = Aligned(settings).train()
    loss, library = clip_loss()

    def batch_of():
        ids = torch.randint(2, 4**k + 2, (batch, 660 // k))
        return torch.randn(batch, 3, 224, 224), ids, torch.ones_like(ids)

    return model, batch_of, lambda *inputs: loss(*model(*inputs)), model, f"timm {timm.__version__}, transformers {transformers.__version__}, {library}"


def build(settings):
    if settings["model"] == "barcodebert":
        return barcodebert(settings)
    if settings["model"] == "alignment":
        return aligned(settings)
    if settings["model"] == "vit-tiny":
        import timm

        model = timm.create_model("vit_tiny_patch16_224", num_classes=0).train()
        return *picture_model(model, settings), f"timm {timm.__version__}"
    if settings["model"] == "resnet-18":
        import torchvision

        model = torchvision.models.resnet18()
        model.fc = torch.nn.Identity()
        # Frozen statistics, as fine-tuning on small batches has them.
        return *picture_model(model.eval(), settings), f"torchvision {torchvision.__version__}"
    raise ValueError(settings["model"])


def gemm_rate(size: int) -> float:
    a, b = torch.randn(size, size), torch.randn(size, size)
    started = time.perf_counter()
    for _ in range(4):
        a @ b
    return 4 * 2 * size**3 / (time.perf_counter() - started) / 1e9


def main() -> None:
    settings = json.loads(sys.stdin.readline())
    torch.set_num_threads(settings["threads"])
    torch.manual_seed(0)
    model, batch_of, loss_of, embed, library = build(settings)
    optimizers = {
        "default": torch.optim.AdamW(model.parameters(), lr=1e-4),
        "fused": torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True),
    }
    version = f"torch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()}), {library}, {blas()}, {torch.get_num_threads()} threads"
    print(json.dumps({"version": version, "parameters": sum(p.numel() for p in model.parameters())}), flush=True)
    for line in sys.stdin:
        if not line.strip():
            break
        request = json.loads(line)
        if "gemm" in request:
            print(json.dumps({"gflops": gemm_rate(request["gemm"])}), flush=True)
            continue
        if "embed" in request:
            model.eval()
            inputs = batch_of()
            started = time.perf_counter()
            with torch.inference_mode():
                embed(*inputs)
            print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
            model.train(settings["model"] != "resnet-18")
            continue
        optimizer = optimizers[request["optimizer"]]
        inputs = batch_of()
        started = time.perf_counter()
        loss = loss_of(*inputs)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"seconds": seconds, "loss": loss.item(), "peakBytes": peak}), flush=True)


main()
