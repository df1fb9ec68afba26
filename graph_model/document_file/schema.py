"""The schema of `document.json`."""

from __future__ import annotations

from typing import Any

import msgspec

FORMAT = "gradcanvas"
VERSION = 3
"""Version 2 added `trainable` and `tie` to wires, version 3 blocks."""
SUFFIX = ".gradcanvas"

STRUCTURE_MEMBER = "document.json"
WEIGHTS_MEMBER = "weights.safetensors"
METADATA_MEMBER = "metadata.json"
MEMBERS = (STRUCTURE_MEMBER, WEIGHTS_MEMBER, METADATA_MEMBER)


class Header(msgspec.Struct):
    """What every version of the format begins with."""

    format: str
    version: int


class Heading(msgspec.Struct, frozen=True):
    """What a document is called and what it says of itself."""

    name: str
    description: str = ""


class StoredNode(msgspec.Struct, forbid_unknown_fields=True):
    """One node."""

    id: str
    kind: str
    name: str
    position: tuple[float, float]
    parameters: dict[str, Any] = {}


class StoredWire(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One wire."""

    id: str
    source: str
    target: str
    output: int = 0
    input: int = 0
    element: int | None = None
    weight: float | list[float] | None = None
    trainable: bool = True
    tie: str | None = None


class StoredLifted(msgspec.Struct, forbid_unknown_fields=True):
    """A parameter of a node inside a block that its places set."""

    name: str
    node: str
    parameter: str


class StoredDefinition(msgspec.Struct, forbid_unknown_fields=True):
    """A block: what it is called, and its body."""

    id: str
    name: str
    nodes: list[StoredNode]
    wires: list[StoredWire]
    colour: str = ""
    description: str = ""
    lifted: list[StoredLifted] = []


class StoredTraining(msgspec.Struct, forbid_unknown_fields=True):
    """The training settings."""

    dataset: str = "digits"
    loss: str = "cross_entropy"
    optimizer: str = "SGD"
    learning_rate: float = 0.1
    optimizer_options: dict[str, Any] = {}
    batch_size: int = 100
    epochs: int = 20
    validation_fraction: float = 0.2
    seed: int = 0
    device: str = "auto"
    dataset_options: dict[str, Any] = {}


class StoredDocument(msgspec.Struct, forbid_unknown_fields=True):
    """The whole structure."""

    format: str
    version: int
    name: str
    nodes: list[StoredNode]
    wires: list[StoredWire]
    training: StoredTraining = msgspec.field(default_factory=StoredTraining)
    description: str = ""
    definitions: list[StoredDefinition] = []


class Metadata(msgspec.Struct):
    """Who wrote the file; for people, never needed for reading."""

    application: str = "GradCanvas"
    version: str = ""
