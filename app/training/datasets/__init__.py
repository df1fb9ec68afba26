"""The data that networks are trained on."""

from app.training.datasets.dataset import Dataset, DatasetKind, Split
from app.training.datasets.registry import dataset_kind, datasets, load, split

__all__ = ["Dataset", "DatasetKind", "Split", "dataset_kind", "datasets", "load", "split"]
