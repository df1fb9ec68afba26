"""Examples of the family Recurrent."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("LSTM", {}, ([5, 7],)),
    Example("LSTM", {"hidden_size": 4, "num_layers": 2, "bidirectional": True}, ([5, 7],)),
    Example("LSTM", {"hidden_size": 3, "num_layers": 3, "bias": False, "trainable": False}, ([1, 7],)),
    Example("LSTM", {"hidden_size": 1, "bidirectional": True, "forget_bias": 1.5}, ([5, 1],)),
]
