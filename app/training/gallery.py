"""The gallery: example documents that come with the program, by topic."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graph_model import Document, DocumentError, load_document
from graph_model.document_file import read_heading
from graph_model.document_file.schema import SUFFIX

FOLDER = Path(__file__).parents[2] / "resources" / "examples"

TOPICS = {
    "Gradients": (
        "vanishing_gradients",
        "vanishing_gradients_relu",
        "vanishing_gradients_batch_normalization",
        "worked_example_neurons",
        "worked_example_layers",
        "nudge_that_dies",
    ),
    "Neurons": ("xor_by_hand", "maxout_is_relu", "unfolded_convolution"),
    "First networks": ("digits_mlp", "digits_convolution", "digits_lstm", "xor", "spirals"),
    "Sequences": (
        "naive_rnn",
        "deep_rnn",
        "bidirectional_rnn",
        "pyramidal_rnn",
        "frames_feed_forward",
        "frames_rnn",
        "frames_lstm",
        "frames_bidirectional_lstm",
        "frames_target_delay",
        "lstm_peepholes_drawn",
        "lstm_coupled_gates",
        "lstm_no_forget_gate",
        "lstm_forget_bias",
        "adding_lstm",
        "adding_rnn",
        "gru_drawn",
        "grid_lstm",
        "recursive_tree",
        "external_memory",
        "external_memory_drawn",
        "seq2seq_attention",
        "seq2seq_plain",
        "time_distributed",
        "cldnn",
    ),
    "Network structures": (
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
        "end_to_end",
        "end_to_end_fixed",
        "parity_of_xors",
    ),
    "Modern networks, small": (
        "mlp_mixer",
        "transformer_encoder",
        "small_gpt",
        "autoencoder",
        "variational_autoencoder",
        "u_net",
        "two_tasks",
    ),
    "Published models": (
        "lenet_5",
        "alexnet",
        "vgg_11",
        "vgg_16",
        "vgg_19",
        "googlenet",
        "resnet_18",
        "resnet_50",
        "resnet_152",
        "mobilenet_v2",
        "densenet_121",
        "u_net_2015",
        "mlp_mixer_s16",
        "vision_transformer",
    ),
}
"""Topic -> the file names of its examples, in the order in which they are listed."""
OTHERS = "Others"
"""The topic of an example that stands under none."""


@dataclass(frozen=True)
class Example:
    """One example: its title, its file, what a person will see, and the topic that it belongs to."""

    title: str
    file: Path
    description: str
    topic: str

    @property
    def first_line(self) -> str:
        """The description's first sentence."""
        return self.description.partition(". ")[0].rstrip(".") + "."


def gallery() -> list[Example]:
    """Return the examples, topic by topic, those of the first lesson first."""
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


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[int, str]]:
    """File name -> its place in the list, and its topic."""
    names = [(name, topic) for topic, names in TOPICS.items() for name in names]
    return {name: (place, topic) for place, (name, topic) in enumerate(names)}


def _rank(file: Path) -> tuple[int, str]:
    places = _places()
    return (places[file.stem][0] if file.stem in places else len(places), file.stem)


def _example(file: Path) -> Example:
    heading = read_heading(file)
    _, topic = _places().get(file.stem, (0, OTHERS))
    return Example(heading.name, file, heading.description, topic)
