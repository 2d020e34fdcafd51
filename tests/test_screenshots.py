"""The pictures can be made anew, and the committed ones show the program as it is."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from tests.screenshots import FOLDER, SCENES, Scene, Stage, shoot, still_clock


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """The demo, at the time of the pictures."""
    with still_clock(), Stage() as stage:
        yield stage


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_scene_can_be_played(stage: Stage, scene: Scene) -> None:
    drawn, shown = await shoot(stage, scene)

    for words in scene.words:
        assert words in shown
    if scene is SCENES[0]:
        assert drawn == (FOLDER / f"{scene.name}.svg").read_text(encoding="utf-8"), (
            "the mail screen looks different now; if it should: python -m tests.screenshots"
        )


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_png_belongs_to_the_svg(scene: Scene) -> None:
    root = ElementTree.parse(FOLDER / f"{scene.name}.svg").getroot()
    head = (FOLDER / f"{scene.name}.png").read_bytes()[:24]

    assert head.startswith(b"\x89PNG")
    assert struct.unpack(">II", head[16:24]) == (int(root.attrib["width"]), int(root.attrib["height"]))


def test_pictures_need_nothing_from_elsewhere() -> None:
    for scene in SCENES:
        assert "url(" not in (FOLDER / f"{scene.name}.svg").read_text(encoding="utf-8")
