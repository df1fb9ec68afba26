"""Which losses there are."""

from __future__ import annotations

from app.training.losses.loss_kind import LossKind, TargetForm
from graph_model import TrainingError

_CLASSES: tuple[TargetForm, ...] = ("classes",)
_VALUES: tuple[TargetForm, ...] = ("values",)

_KINDS = {
    kind.name: kind
    for kind in (
        LossKind(
            "cross_entropy",
            "Cross-entropy",
            "−ln of the confidence that the network gives to the right class, averaged over the batch. The confidences "
            "are the softmax of the outputs.",
            "CrossEntropyLoss",
            _CLASSES,
            one_output_for_two_classes=False,
        ),
        LossKind(
            "nll_loss",
            "Negative log-likelihood",
            "Minus the right class's output, averaged. The outputs must be logarithms of confidences: let the network "
            "end in a LogSoftmax; it is then the cross-entropy.",
            "NLLLoss",
            _CLASSES,
            "log_probabilities",
            one_output_for_two_classes=False,
        ),
        LossKind(
            "mean_squared_error",
            "Mean squared error",
            "The squared difference between each output and its target (1 for the right class, 0 for the others), "
            "averaged.",
            "MSELoss",
        ),
        LossKind(
            "l1_loss",
            "Mean absolute error",
            "The absolute difference between each output and its target (1 for the right class, 0 for the others), "
            "averaged: one wild example counts less than with squares.",
            "L1Loss",
        ),
        LossKind(
            "smooth_l1_loss",
            "Smooth L1",
            "Half the squared difference where it is below 1, the absolute difference less a half above, averaged.",
            "SmoothL1Loss",
        ),
        LossKind(
            "huber_loss",
            "Huber",
            "½ d² for differences d below δ = 1 and δ (|d| − ½ δ) above, averaged; with this δ the same as Smooth L1.",
            "HuberLoss",
        ),
        LossKind(
            "binary_cross_entropy",
            "Binary cross-entropy",
            "−t ln y − (1 − t) ln(1 − y) of each output y, a confidence from 0 to 1, and its target t, averaged. Let "
            "the network end in a Sigmoid. Two classes may share one output, which says how likely the second is.",
            "BCELoss",
            ending="probabilities",
            lowest=0.0,
            highest=1.0,
        ),
        LossKind(
            "binary_cross_entropy_with_logits",
            "Binary cross-entropy with logits",
            "Binary cross-entropy of the sigmoid of each output, which is part of the loss: the network ends without "
            "one. Two classes may share one output, positive for the second.",
            "BCEWithLogitsLoss",
            lowest=0.0,
            highest=1.0,
            boundary=0.0,
        ),
        LossKind(
            "multilabel_soft_margin_loss",
            "Multi-label soft margin",
            "Binary cross-entropy with logits, first averaged over the labels of a sample, then over the batch: each "
            "label is right or wrong by itself.",
            "MultiLabelSoftMarginLoss",
            lowest=0.0,
            highest=1.0,
            boundary=0.0,
        ),
        LossKind(
            "soft_margin_loss",
            "Soft margin",
            "ln(1 + exp(−t y)) of each output y, averaged; t is 1 for the right class (or a value of 1) and −1 for the "
            "others (a value of 0).",
            "SoftMarginLoss",
            lowest=0.0,
            highest=1.0,
            boundary=0.0,
        ),
        LossKind(
            "multi_margin_loss",
            "Multi-class hinge",
            "How far each wrong class's output comes within a margin of 1 of the right one's, summed, divided by the "
            "number of classes and averaged: zero once the right class leads by 1, as in a support vector machine.",
            "MultiMarginLoss",
            _CLASSES,
            one_output_for_two_classes=False,
        ),
        LossKind(
            "multilabel_margin_loss",
            "Multi-label hinge",
            "As the multi-class hinge, for a set of right classes; here the set has one. The two are then equal.",
            "MultiLabelMarginLoss",
            _CLASSES,
            one_output_for_two_classes=False,
        ),
        LossKind(
            "hinge_embedding_loss",
            "Hinge embedding",
            "y for the right class, max(0, 1 − y) for each other one, averaged. The outputs y are distances to the "
            "classes: the right one is made small, each other one larger than 1. The nearest class is the answer.",
            "HingeEmbeddingLoss",
            _CLASSES,
            one_output_for_two_classes=False,
            smallest_wins=True,
        ),
        LossKind(
            "kl_div",
            "Kullback–Leibler divergence",
            "Σ t (ln t − y), where y are logarithms of confidences and t is 1 for the right class and 0 for the "
            "others; summed over the classes and averaged over the samples. Let the network end in a LogSoftmax.",
            "KLDivLoss",
            _CLASSES,
            "log_probabilities",
            one_output_for_two_classes=False,
        ),
        LossKind(
            "poisson_nll_loss",
            "Poisson",
            "exp(y) − t y: the outputs are logarithms of how many are to be expected, the targets are counts; "
            "averaged.",
            "PoissonNLLLoss",
            _VALUES,
            lowest=0.0,
        ),
        LossKind(
            "gaussian_nll_loss",
            "Gaussian with its variance",
            "½ (ln v + (t − y)² / v), averaged: the first half of the outputs are the values y, the second half ln v, "
            "how unsure the network is of them. v counts as at least 10⁻⁶.",
            "GaussianNLLLoss",
            _VALUES,
            outputs_per_value=2,
        ),
        LossKind(
            "output_itself",
            "The output itself",
            "The outputs themselves, averaged; they are compared with nothing. For a term that the drawing computes, "
            "such as the one that keeps a variational autoencoder's code near the normal distribution.",
            "",
            (),
        ),
    )
}


def losses() -> dict[str, LossKind]:
    """Return name -> loss."""
    return dict(_KINDS)


def loss_kind(name: str) -> LossKind:
    """Return one loss; raises TrainingError for an unknown name."""
    if name not in _KINDS:
        raise TrainingError(f"There is no loss '{name}'. There are {', '.join(_KINDS)}.")
    return _KINDS[name]
