"""The panels show recordings truthfully, in both themes, and point at the canvas and back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from app.canvas.value_scale import ValueScale
from app.panels.chosen import ChosenStatistic
from app.panels.gradient_panel import GradientPanel
from app.panels.loss_panel import LossPanel
from app.panels.plots import MOST_POINTS, CountAxis, decade_range, logarithms, shown_rows
from app.session import EditorSession
from app.theme import ThemeSource, dark_theme, light_theme
from app.training.recording import Recording, RecordingWriter
from graph_model import Document
from tests.drawings import chain
from tests.training.test_recording import meta

LAYERS = 4


@pytest.fixture
def session(qtbot) -> EditorSession:
    one = EditorSession()
    layers = [("Linear", f"l{index}", {}) for index in range(LAYERS)]
    one.open_document(Document(chain(("Input", "x", {}), *layers, ("Output", "y", {}))))
    return one


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[RecordingWriter]:
    with RecordingWriter(tmp_path, meta(layers=LAYERS)) as one:
        yield one


def record(writer: RecordingWriter, count: int) -> None:
    """Gradients that fall by a factor of a hundred from layer to layer towards the input."""
    for step in range(count):
        rms = 10.0 ** (-2.0 * numpy.arange(LAYERS)[::-1]) * (1 + step)
        values = {"train_loss": 2.0 / (1 + step), "validation_accuracy": 0.5 if step % 10 == 9 else numpy.nan}
        writer.append(values, numpy.stack([rms, rms / 2, rms * 10]))


@pytest.fixture
def panel(session, writer, qtbot) -> GradientPanel:
    record(writer, 30)
    made = GradientPanel(session, ThemeSource("light"), ChosenStatistic())
    qtbot.addWidget(made)
    made.resize(900, 260)
    made.show()
    made.set_recording(Recording.open(writer.path))
    return made


def scene_point(view: QWidget, x: float, y: float) -> QPointF:
    return view.plot.getPlotItem().vb.mapViewToScene(QPointF(x, y))


def test_bars_have_the_height_of_the_chosen_step(panel):
    heights = panel.bars.bars.opts["y0"] + panel.bars.bars.opts["height"]
    numpy.testing.assert_allclose(heights, numpy.log10(30) + numpy.array([-6, -4, -2, 0]))
    panel.chosen.choose_row(0)
    heights = panel.bars.bars.opts["y0"] + panel.bars.bars.opts["height"]
    numpy.testing.assert_allclose(heights, [-6, -4, -2, 0])
    panel.chosen.choose_statistic("norm")
    heights = panel.bars.bars.opts["y0"] + panel.bars.bars.opts["height"]
    numpy.testing.assert_allclose(heights, [-5, -3, -1, 1])


def test_curves_have_one_point_a_step(panel):
    x, y = panel.curves.curves[1].getData()
    assert x.tolist() == list(range(1, 31))
    numpy.testing.assert_allclose(y, numpy.log10(1e-4 * numpy.arange(1, 31)))


def test_a_layer_has_one_colour_in_bars_and_curves(panel):
    for index in range(LAYERS):
        bar = panel.bars.bars.opts["brushes"][index]
        assert bar.name() == panel.curves.curves[index].opts["pen"].color().name()


def test_the_finding_is_written_with_its_figures(panel):
    assert panel.finding.title.text() == "Vanishing gradient"
    assert "at 'layer 0' is 1.0·10⁻⁶ of the one at 'layer 3'" in panel.finding.sentence.text()


def test_hovering_a_bar_or_a_curve_highlights_the_node(panel, session):
    panel.bars._mouse_moved(scene_point(panel.bars, 2.0, -3.0))
    assert session.highlighted == "l2"
    panel.curves._mouse_moved(scene_point(panel.curves, 10.0, numpy.log10(1e-6 * 10)))
    assert session.highlighted == "l0"
    panel.curves._mouse_moved(scene_point(panel.curves, 10.0, -6.2))
    assert session.highlighted is None


def test_a_highlighted_node_makes_its_curve_and_bar_stand_out(panel, session):
    session.highlight("l1")
    assert [curve.opts["pen"].width() for curve in panel.curves.curves] == [1, 3, 1, 1]
    assert panel.bars.bars.opts["pens"][1].color().name() == light_theme().colour("text").name()


def test_the_heat_map_shows_every_layer_and_step(panel):
    panel.view.setCurrentIndex(1)
    assert panel.heat_map.image.image.shape == (LAYERS, 30)
    panel.heat_map._mouse_moved(scene_point(panel.heat_map, 5.0, 3.0))
    assert panel.session.highlighted == "l3"


def test_the_slider_chooses_a_step_and_latest_follows_again(panel, writer):
    panel.slider.setValue(5)
    assert panel.chosen.row == 4
    assert panel.curves.line.isVisible()
    panel.latest.click()
    assert panel.chosen.row is None
    record(writer, 1)
    panel.refresh()
    assert panel.step_text.text() == "step 31 of 31"


def test_zeros_leave_a_gap_and_nothing_fails(panel, writer):
    writer.append({"train_loss": 1.0}, numpy.zeros((3, LAYERS)))
    panel.refresh()
    _, y = panel.curves.curves[0].getData()
    assert numpy.isnan(y[-1])
    assert "nothing is learned" in panel.finding.sentence.text()


def test_without_a_recording_the_panel_says_what_to_do(panel):
    panel.set_recording(None)
    assert panel.pages.currentIndex() == 0
    assert "Press Run" in panel.pages.currentWidget().text()


def test_another_theme_repaints(panel):
    panel.theme_source.set_mode("dark")
    last = panel.curves.curves[LAYERS - 1].opts["pen"].color().name()
    assert last == dark_theme().plotted_colour((numpy.log10(30) + 5) / 7).name()


def test_a_layer_has_the_colour_of_its_value_on_the_canvas_in_bars_and_curves(panel):
    panel.chosen.choose_row(9)
    scale = ValueScale(panel.recording.node_values("rms", 9))
    assert (scale.lowest, scale.highest) == (-5, 1)
    colours = [light_theme().plotted_colour(place).name() for place in scale.places]
    assert [brush.name() for brush in panel.bars.bars.opts["brushes"]] == colours
    assert [curve.opts["pen"].color().name() for curve in panel.curves.curves[:LAYERS]] == colours
    assert colours[-1] == light_theme().value_colour(scale.places[-1]).name()
    panel.chosen.choose_row(0)
    assert panel.bars.bars.opts["brushes"][-1].name() == light_theme().value_colour(1.0).name()


def test_loss_and_accuracy_are_drawn_where_they_were_measured(session, writer, qtbot):
    record(writer, 30)
    panel = LossPanel(ThemeSource("light"))
    qtbot.addWidget(panel)
    panel.show()
    panel.set_recording(Recording.open(writer.path))
    x, y = panel.items["train_loss"].getData()
    assert len(x) == 30
    assert y[0] == 2.0
    x, y = panel.items["validation_accuracy"].getData()
    assert x.tolist() == [10, 20, 30]
    assert y.tolist() == [50, 50, 50]


def test_of_many_steps_some_are_shown_and_always_the_last():
    rows = shown_rows(1_000_000)
    assert len(rows) <= MOST_POINTS
    assert (rows[0], rows[-1]) == (0, 999_999)


def test_decades_hold_all_values():
    assert decade_range(logarithms(numpy.array([3e-8, 0.2, 0.0]))) == (-8.0, 0.0)
    assert decade_range(logarithms(numpy.zeros(3))) == (-4.0, 0.0)


@pytest.mark.parametrize("theme", [light_theme(), dark_theme()], ids=lambda theme: theme.name)
def test_texts_have_contrast(theme):
    for text in ("text", "muted_text", "problem", "finding", "accent"):
        for ground in ("surface", "paper"):
            assert contrast(theme.colour(text), theme.colour(ground)) >= 4.5, (text, ground)
    assert contrast(theme.colour("finding"), theme.colour("finding_surface")) >= 4.5
    assert contrast(theme.colour("accent_text"), theme.colour("accent")) >= 4.5


@pytest.mark.parametrize("theme", [light_theme(), dark_theme()], ids=lambda theme: theme.name)
def test_the_value_scale_runs_from_the_paper_to_the_strongest_contrast(theme):
    contrasts = [contrast(theme.value_colour(place / 20), theme.colour("paper")) for place in range(21)]
    assert contrasts[0] < 1.5
    assert contrasts[-1] > 10
    assert all(later > earlier - 0.05 for earlier, later in itertools.pairwise(contrasts))


def contrast(one, other) -> float:
    """The contrast ratio of WCAG 2.2."""

    def luminance(colour) -> float:
        channels = [
            channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
            for channel in (colour.redF(), colour.greenF(), colour.blueF())
        ]
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("first", "last"), [(1, 2), (1, 3), (1, 7), (1, 5_000)])
def test_steps_are_marked_by_whole_numbers(qapp, first, last):
    marked = [tick for _, ticks in CountAxis("bottom").tickValues(first, last, 600) for tick in ticks]
    assert marked
    assert all(tick == round(tick) for tick in marked)
