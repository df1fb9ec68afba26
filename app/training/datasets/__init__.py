"""The data that networks are trained on."""

from app.training.datasets.dataset import Dataset, DatasetKind, InputPart, Split, Target
from app.training.datasets.registry import dataset_kind, datasets, load
from app.training.datasets.splitting import split

__all__ = ["Dataset", "DatasetKind", "InputPart", "Split", "Target", "dataset_kind", "datasets", "load", "split"]
