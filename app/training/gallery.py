"""The gallery: example documents that come with the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph_model import Document, DocumentError, load_document
from graph_model.document_file.schema import SUFFIX

FOLDER = Path(__file__).parents[2] / "resources" / "examples"

ORDER = (
    "vanishing_gradients",
    "vanishing_gradients_relu",
    "vanishing_gradients_batch_normalization",
    "worked_example_neurons",
    "worked_example_layers",
    "nudge_that_dies",
    "xor_by_hand",
    "maxout_is_relu",
    "unfolded_convolution",
    "digits_mlp",
    "digits_convolution",
    "digits_lstm",
    "xor",
    "spirals",
    "signals_convolution",
    "pooling_three_ways",
    "maxout_over_filters",
    "highway",
    "highway_without",
    "residual_blocks",
    "residual_without",
    "spatial_transformer",
    "spatial_transformer_without",
    "spatial_transformer_feature_map",
    "mlp_mixer",
    "transformer_encoder",
    "small_gpt",
    "autoencoder",
    "variational_autoencoder",
    "u_net",
    "two_tasks",
    "end_to_end",
    "end_to_end_fixed",
    "parity_of_xors",
)


@dataclass(frozen=True)
class Example:
    """One example: its title, its file, and what a person will see."""

    title: str
    file: Path
    description: str

    @property
    def first_line(self) -> str:
        """The description's first sentence."""
        return self.description.partition(". ")[0].rstrip(".") + "."


def gallery() -> list[Example]:
    """Return the examples, those of the first lesson first."""
    return [_example(file) for file in sorted(_files(), key=_rank)]


def open_example(name: str) -> Document:
    """Open an example by its title or file name, in any case; raises DocumentError if there is none."""
    wanted = name.casefold().removesuffix(".json").removesuffix(SUFFIX)
    for file in _files():
        if file.stem == wanted:
            return load_document(file)
    for example in gallery():
        if example.title.casefold() == wanted:
            return load_document(example.file)
    known = ", ".join(f"'{example.title}'" for example in gallery())
    raise DocumentError(f"There is neither a file nor an example named '{name}'. The gallery has {known}.")


def _files() -> list[Path]:
    """The example files: bare structures, and archives where trained or given weights belong to the example."""
    return [*FOLDER.glob("*.json"), *FOLDER.glob(f"*{SUFFIX}")]


def _rank(file: Path) -> tuple[int, str]:
    return (ORDER.index(file.stem) if file.stem in ORDER else len(ORDER), file.stem)


def _example(file: Path) -> Example:
    document = load_document(file)
    return Example(document.graph.name, file, document.description)
