"""External memory: a table beside the network that it finds its way in by content, reads and writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import size_objection, width_objection
from graph_model.catalogue import shared_parameters as shared
from graph_model.catalogue.attention import SEQUENCE
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Choice, Integer

PAPER = "Graves, Wayne, Danihelka, Neural Turing Machines (2014)"
MEMORY = Needs(ranks=(3,), words="a memory for each sample: (batch, slots, width)")
VECTOR = Needs(ranks=(2,), words="a vector as wide as a slot for each sample: (batch, width)")
STRENGTH = Needs(ranks=(2,), words="one number for each sample: (batch, 1)")
PORTS = {"memory": MEMORY, "key": VECTOR, "strength": STRENGTH, "erase": VECTOR, "add": VECTOR}
MEMORY_PORTS: tuple[Port, ...] = (
    Port("memory", meaning="The slots, (batch, slots, width)."),
    Port("key", meaning="What is looked for, (batch, width)."),
    Port("strength", optional=True, meaning="How sharply, (batch, 1); without a wire, 1."),
)


class AddressedMemory(Kind):
    """Base of the kinds that find slots by content."""

    family = "Attention"
    inputs = MEMORY_PORTS
    needs = Needs(ports=PORTS)

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """All vectors are as wide as a slot; the strength is one number."""
        for number, port in enumerate(self.inputs):
            if port.name == "strength":
                wrong = size_objection(shapes, number, 1, "the strength must be a single number, (batch, 1)")
            else:
                wrong = width_objection(shapes, 0, number, f"a slot of memory and {port.name}")
            if wrong is not None:
                return wrong
        return None


class MemoryRead(AddressedMemory):
    """Reads a memory by content: a mean of its slots, mostly of those that point the same way as the key.

    Takes a memory (batch, slots, width), a key (batch, width) and a strength (batch, 1); gives what was read,
    (batch, width), and the weights of the slots, (batch, slots).

    The likeness of a slot is its cosine with the key, from −1 to 1; the strength β, which should be positive
    (Softplus), makes the softmax over the slots sharp. Without a wire it is 1.
    """

    also_called = ("content addressing", "ntm")
    formula = "w = softmax(β cos(Mᵢ, k)),  r = Σ wᵢ Mᵢ"
    source = f"{PAPER}, 3.1 and 3.3.1"
    outputs = (
        Port("output", meaning="What was read, (batch, width)."),
        Port("weights", meaning="How much each slot is read; they add up to 1."),
    )
    torch = TorchCall("compiler.modules.memory.MemoryRead")
    onnx = OnnxOperator(emitter="memory.read")


class MemoryWrite(AddressedMemory):
    """Writes to a memory by content: slots like the key are first erased, then added to.

    Takes a memory (batch, slots, width), a key (batch, width), a strength (batch, 1), what to erase (batch, width) with
    numbers from 0 to 1 (Sigmoid), and what to add (batch, width); gives the new memory. Without a strength it is 1;
    without something to erase nothing is.
    """

    also_called = ("content addressing", "ntm")
    formula = "w = softmax(β cos(Mᵢ, k)),  M′ᵢ = Mᵢ ⊙ (1 − wᵢ e) + wᵢ a"
    source = f"{PAPER}, 3.2 and 3.3.1"
    inputs = (
        *MEMORY_PORTS,
        Port("erase", optional=True, meaning="The share of each number that is forgotten; without a wire, nothing."),
        Port("add", meaning="What is added, (batch, width)."),
    )
    torch = TorchCall("compiler.modules.memory.MemoryWrite")
    onnx = OnnxOperator(emitter="memory.write")


class ExternalMemory(Kind):
    """A recurrent network with a memory beside it, which it writes and reads at every time step.

    Takes (batch, time, features) and gives (batch, time, out_features).

    The controller takes the input and what was read before; from its h come the keys, the strengths, and what to
    erase and to add. It writes first, then reads, and the output is a linear map of h and of what was read. Memory
    and weights are separate: a larger memory costs no larger controller. The slots start with learned numbers,
    since equal slots could never be told apart.
    """

    also_called = ("neural turing machine", "ntm")
    family = "Attention"
    formula = "h = controller([x, r⁻], h⁻),  M = write(M⁻, h),  r = read(M, h),  y = Wᵒ[h, r] + b"
    source = f"{PAPER}; Hung-yi Lee, Network Structure"
    learnable = True
    steps_through_time = True
    out_features = Integer(default=32, minimum=1, meaning="Numbers that it gives at each time step.")
    hidden_size = Integer(default=32, minimum=1, meaning="Size of the controller's h.")
    memory_slots = Integer(default=16, minimum=1, meaning="Number of slots in the memory.")
    memory_width = Integer(default=8, minimum=1, meaning="Numbers in each slot.")
    controller = Choice(
        default="LSTMCell", choices=("LSTMCell", "GRUCell"), meaning="The recurrent cell that runs the memory."
    )
    trainable = shared.trainable()
    torch = TorchCall(
        "compiler.modules.memory.ExternalMemory",
        arguments=("out_features", "hidden_size", "memory_slots", "memory_width", "controller"),
        inferred={"input_size": "last"},
    )
    onnx = OnnxOperator(emitter="memory.external_memory")
    needs = SEQUENCE

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['memory_slots']}×{parameters['memory_width']} → {parameters['out_features']}"
