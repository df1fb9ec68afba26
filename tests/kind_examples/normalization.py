"""Examples of the family Normalization."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("BatchNorm1d", {}, ([5, 7],)),
    Example("BatchNorm1d", {"affine": False}, ([6],)),
    Example("BatchNorm1d", {"activation": "Sigmoid"}, ([5, 7],)),
    Example("BatchNorm2d", {}, ([4, 9, 8],)),
    Example("BatchNorm2d", {"activation": "ReLU"}, ([4, 9, 8],)),
    Example("BatchNorm3d", {}, ([2, 3, 5, 4],)),
    Example("InstanceNorm1d", {}, ([5, 7],)),
    Example("InstanceNorm1d", {"affine": True, "activation": "SiLU"}, ([5, 7],)),
    Example("InstanceNorm1d", {"track_running_stats": True}, ([5, 7],), comes_back=False),
    Example("InstanceNorm2d", {}, ([4, 9, 8],)),
    Example("InstanceNorm2d", {"affine": True, "track_running_stats": True}, ([4, 9, 8],), comes_back=False),
    Example("InstanceNorm3d", {"affine": True}, ([2, 3, 5, 4],)),
    Example("GroupNorm", {}, ([4, 9, 8],), comes_back=False),
    Example("GroupNorm", {"num_groups": 2, "activation": "Mish"}, ([4, 9, 8],), comes_back=False),
    Example("GroupNorm", {"num_groups": 3, "affine": False}, ([6],), comes_back=False),
    Example("LayerNorm", {}, ([6],)),
    Example("LayerNorm", {"activation": "ReLU"}, ([5, 7],)),
    Example("LayerNorm", {"normalized_shape": [9, 8]}, ([4, 9, 8],)),
    Example("LayerNorm", {"bias": False, "eps": 0.1}, ([5, 7],)),
    Example("LayerNorm", {"elementwise_affine": False}, ([5, 7],)),
    Example("RMSNorm", {}, ([6],), comes_back=False),
    Example("RMSNorm", {"normalized_shape": [5, 7], "eps": 0.1}, ([5, 7],), comes_back=False),
    Example("RMSNorm", {"elementwise_affine": False, "activation": "Tanh"}, ([5, 7],), comes_back=False),
    Example("LocalResponseNorm", {}, ([8, 5, 4],)),
    Example("LocalResponseNorm", {"size": 3, "alpha": 0.5, "beta": 0.6, "k": 2.0}, ([6, 5, 4],)),
    Example("LocalResponseNorm", {"size": 4, "alpha": 0.5}, ([6, 7],), comes_back=False),
    Example("LocalResponseNorm", {"size": 2, "alpha": 0.5}, ([3, 3, 4, 2],), comes_back=False),
]
