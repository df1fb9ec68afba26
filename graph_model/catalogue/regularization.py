"""What keeps a network from learning its examples by heart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue.fields import IMAGES
from graph_model.kind import Kind, TorchCall
from graph_model.objection import Needs
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Real


class DroppingOut(Kind):
    """Base of the dropouts."""

    family = "Regularization"
    p = Real(default=0.5, minimum=0.0, maximum=1.0, meaning="Probability that a value is dropped.")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"p = {parameters['p']:g}"


class Dropout(DroppingOut):
    """While training, sets each value to 0 with probability p and scales up the rest.

    Takes and gives (batch, …). Every minibatch so trains a thinner network; when the network is used, nothing is
    dropped. What stays is divided by 1 − p, so that on average the next layer gets as much in training as in use.
    """

    also_called = ("drop",)
    formula = "a = x · mask / (1 − p),  mask = 0 with probability p, else 1"
    source = (
        "Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting (2014); Hung-yi Lee, "
        "Tips for Deep Learning"
    )
    torch = TorchCall("torch.nn.Dropout", arguments=("p",))
    onnx = OnnxOperator(emitter="regularization.dropout")


class ChannelDropout(DroppingOut):
    """Base of those that drop whole channels."""

    formula = "a = x · mask / (1 − p), one mask value for each channel"
    source = "Tompson et al., Efficient Object Localization Using Convolutional Networks (2014)"
    onnx = OnnxOperator("Identity")


class Dropout1d(ChannelDropout):
    """While training, sets whole channels of a sequence to 0 with probability p and scales up the rest.

    Takes and gives (batch, channels, length). Neighbours along a channel are alike, so that single dropped values
    would be guessed from them.
    """

    also_called = ("spatial dropout",)
    torch = TorchCall("torch.nn.Dropout1d", arguments=("p",))
    needs = Needs(ranks=(3,), words="(batch, channels, length)")


class Dropout2d(ChannelDropout):
    """While training, sets whole feature maps to 0 with probability p and scales up the rest.

    Takes and gives (batch, channels, height, width). Neighbouring pixels are alike, so that single dropped values
    would be guessed from them.
    """

    also_called = ("spatial dropout",)
    torch = TorchCall("torch.nn.Dropout2d", arguments=("p",))
    needs = Needs(ranks=(4,), words=IMAGES)


class Dropout3d(ChannelDropout):
    """While training, sets whole channels of a volume to 0 with probability p and scales up the rest.

    Takes and gives (batch, channels, depth, height, width).
    """

    also_called = ("spatial dropout",)
    torch = TorchCall("torch.nn.Dropout3d", arguments=("p",))
    needs = Needs(ranks=(5,), words="(batch, channels, depth, height, width)")


class AlphaDropout(DroppingOut):
    """A dropout for SELU: dropped values become SELU's lowest one; mean and variance stay as they were.

    Takes and gives (batch, …). The factor s and the shift t follow from p, so that values with mean 0 and variance 1
    keep both. When the network is used, nothing is dropped.
    """

    also_called = ("selu dropout",)
    formula = "a = s · (x · mask + α′ · (1 − mask)) + t,  α′ = −1.7581,  s = ((1 − p)(1 + p α′²))^(−1/2),  t = −s p α′"
    source = "Klambauer et al., Self-Normalizing Neural Networks (2017)"
    torch = TorchCall("torch.nn.AlphaDropout", arguments=("p",))
    onnx = OnnxOperator("Identity")


class FeatureAlphaDropout(DroppingOut):
    """An AlphaDropout of whole channels, for SELU in convolutional networks.

    Takes and gives (batch, channels, …). When the network is used, nothing is dropped.
    """

    also_called = ("selu dropout",)
    formula = (
        "a = s · (x · mask + α′ · (1 − mask)) + t, one mask value for each channel; s, t and α′ as in AlphaDropout"
    )
    source = "Klambauer et al., Self-Normalizing Neural Networks (2017)"
    torch = TorchCall("torch.nn.FeatureAlphaDropout", arguments=("p",))
    onnx = OnnxOperator("Identity")
