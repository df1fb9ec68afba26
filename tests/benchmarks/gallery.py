"""How long it takes until the gallery is listed, and until its largest example is read, checked and painted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

ROUNDS = 5
SIZE = (1100, 700)
LARGEST = ("ResNet-152 (2015)", "ResNet-18 (2015)", "GoogLeNet (2014)", "DenseNet-121 (2016)")


def main() -> None:
    """Print milliseconds: the first time in this process, and the median of further times."""
    from app.canvas.render import _application
    from app.training.gallery import gallery, open_example
    from compiler.program import lower

    _application()
    print(f"list the {len(gallery())} examples: {_milliseconds(gallery)}")
    lower(open_example("XOR").graph)  # torch's own first call
    for name in LARGEST:
        _measure(name)


def _measure(name: str) -> None:
    from PySide6.QtCore import QSize

    from app.canvas.drawing import Drawing
    from app.canvas.render import picture_image
    from app.theme import theme_named
    from app.training.gallery import open_example
    from compiler import shapes
    from compiler.checks import problems_of
    from compiler.cost import parameter_counts
    from compiler.inferring import shapes_of
    from compiler.program import lower

    document = open_example(name)
    program = lower(document.graph)

    def check() -> None:
        shapes._inferred.cache_clear()
        checked = lower(open_example(name).graph)
        problems_of(checked)
        shapes_of(checked)
        parameter_counts(checked)

    def paint() -> None:
        drawing = Drawing(document, theme_named("light"))
        drawing.take_shapes(shapes_of(program), parameter_counts(program))
        picture_image(drawing, QSize(*SIZE))

    print(f"{name}, {len(program.steps):,} nodes with its blocks expanded")
    print(f"  read the file: {_milliseconds(lambda: open_example(name))}")
    print(f"  read it and check it, shapes from cold: {_milliseconds(check)}")
    print(f"  paint it: {_milliseconds(paint)}")


def _milliseconds(work: Callable[[], object]) -> str:
    taken = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return f"{taken[0]:.0f} ms, then {statistics.median(taken[1:]):.0f} ms"


if __name__ == "__main__":
    main()
