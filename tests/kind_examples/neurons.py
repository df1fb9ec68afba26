"""Examples of the family Neurons."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Neuron", {}, ([6],)),
    Example("MaxoutGroup", {}, ([6],)),
]
