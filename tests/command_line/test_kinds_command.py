"""`gradcanvas kinds`."""

from __future__ import annotations

from app.command_line.main import main
from graph_model import kinds


def test_without_a_name_it_lists_all_kinds_family_by_family(capsys):
    assert main(["kinds"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Terminals"
    assert [line.split()[0] for line in lines if line.startswith("  ")] == list(kinds())
    assert len([line for line in lines if not line.startswith(" ")]) == len({k.family for k in kinds().values()})


def test_a_name_prints_its_documentation_however_it_is_spelled(capsys):
    assert main(["kinds", "conv2D"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Conv2d  (Convolution)\n")
    assert "kernel_size = 3: Height and width of the field" in printed
    assert "PyTorch: torch.nn.Conv2d" in printed


def test_an_unknown_name_is_refused_with_likely_ones(capsys):
    assert main(["kinds", "dense"]) == 1
    assert capsys.readouterr().err == "gradcanvas: There is no kind 'dense'. Perhaps you mean one of Linear.\n"
    assert main(["kinds", "zzzz"]) == 1
    assert "`gradcanvas kinds` lists all" in capsys.readouterr().err


def test_html_writes_one_page_of_all(tmp_path, capsys):
    page = tmp_path / "kinds.html"
    assert main(["kinds", "--html", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert all(f'<section id="{name}">' in text for name in kinds())
    assert main(["kinds", "--html", str(tmp_path / "no" / "kinds.html")]) == 1
    assert "cannot be written" in capsys.readouterr().err
