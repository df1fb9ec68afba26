"""The loss classes of torch.nn that cannot be chosen, and why."""

from __future__ import annotations

NOT_OFFERED: dict[str, str] = {
    "AdaptiveLogSoftmaxWithLoss": "It has weights of its own: it is a layer and a loss in one, which no drawing shows.",
    "CTCLoss": "Its targets are shorter than the outputs and of different lengths; no dataset here has such.",
    "CosineEmbeddingLoss": "It compares two outputs with each other, not one with a target; no dataset here has pairs.",
    "LinearCrossEntropyLoss": "It fuses the last Linear with the cross-entropy, and would hide a layer of the drawing.",
    "MarginRankingLoss": "It compares the outputs of two examples with each other; no dataset here has pairs.",
    "NLLLoss2d": "PyTorch's former name of NLLLoss, which is offered as nll_loss.",
    "TripletMarginLoss": "It compares the outputs of three examples with each other; no dataset here has triplets.",
    "TripletMarginWithDistanceLoss": "As TripletMarginLoss, which is not offered, with a distance that is a function.",
}
