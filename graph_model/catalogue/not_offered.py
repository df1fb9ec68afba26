"""Classes of torch.nn that cannot be drawn, each with the reason."""

from __future__ import annotations

LAZY = "Every size that follows from the input is inferred anyway, so that the class without Lazy does the same."
CONTAINER = "It only holds other modules: the drawing itself says which there are and how they are wired."
BASE = "It is the base of other classes and computes nothing by itself."

NOT_OFFERED: dict[str, str] = {
    **dict.fromkeys(
        (
            "LazyBatchNorm1d",
            "LazyBatchNorm2d",
            "LazyBatchNorm3d",
            "LazyConv1d",
            "LazyConv2d",
            "LazyConv3d",
            "LazyConvTranspose1d",
            "LazyConvTranspose2d",
            "LazyConvTranspose3d",
            "LazyInstanceNorm1d",
            "LazyInstanceNorm2d",
            "LazyInstanceNorm3d",
            "LazyLinear",
        ),
        LAZY,
    ),
    **dict.fromkeys(
        ("Container", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"),
        CONTAINER,
    ),
    **dict.fromkeys(("Module", "RNNBase", "RNNCellBase"), BASE),
    "CrossMapLRN2d": "PyTorch's own counts channel 0 among the neighbours of all later channels, against its formula; "
    "LocalResponseNorm computes the formula.",
    "DataParallel": "It spreads a network over devices, which is a setting of a run and not a part of the drawing.",
    "SyncBatchNorm": "It is a BatchNorm that several processes compute together, a setting of a run; draw a BatchNorm.",
}
"""Name of the class -> one sentence. Losses are chosen with the training and do not stand here."""
