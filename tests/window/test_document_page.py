"""The document's page says what the chosen data and the chosen loss are."""

from __future__ import annotations

import dataclasses

from app.inspector.document_page import DocumentPage
from app.session import EditorSession
from app.training.datasets import datasets
from app.training.losses import losses
from graph_model.document import SetTraining


def page_for(qtbot, session: EditorSession) -> DocumentPage:
    page = DocumentPage(session)
    qtbot.addWidget(page)
    return page


def test_the_chosen_data_is_described_with_shapes_and_source(qtbot):
    session = EditorSession()
    page = page_for(qtbot, session)
    page.general.fields["dataset"].offer("frames")
    page.refresh()
    text = page.about_data.text()
    assert datasets()["frames"].meaning in text
    assert datasets()["frames"].source in text
    assert "Input: frames [30, 3]. Target: labels [30] of 4 classes." in text
    session.apply(SetTraining(dataclasses.replace(session.document.training, dataset_options={"steps": 12})), "shorter")
    page.refresh()
    assert "Input: frames [12, 3]. Target: labels [12] of 4 classes." in page.about_data.text()


def test_the_chosen_loss_is_explained(qtbot):
    session = EditorSession()
    page = page_for(qtbot, session)
    page.general.fields["loss"].offer("huber_loss")
    page.refresh()
    assert page.about_loss.text() == losses()["huber_loss"].meaning
    session.apply(SetTraining(dataclasses.replace(session.document.training, loss="pain")), "unknown")
    page.refresh()
    assert page.about_loss.text() == ""
