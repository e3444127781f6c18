from __future__ import annotations

import draw_icons
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def icons(tmp_path_factory):
    folder = tmp_path_factory.mktemp("icons")
    before, draw_icons.FOLDER = draw_icons.FOLDER, folder
    draw_icons.main()
    draw_icons.FOLDER = before
    pictures = {path.stem: Image.open(path) for path in folder.iterdir()}
    for picture in pictures.values():
        picture.load()
    return pictures


def test_every_size_that_the_projects_name_is_there(icons):
    ios = {f"aios-{size}" for size in draw_icons.IOS}
    square = {f"aios-square-{size}" for size in (*draw_icons.ANDROID, *draw_icons.ANDROID_SPLASH)}
    rest = {f"aios-round-{size}" for size in draw_icons.ANDROID} | {
        f"aios-adaptive-{size}" for size in draw_icons.ADAPTIVE
    }
    assert set(icons) == ios | square | rest
    assert len(icons) == 36
    for name, picture in icons.items():
        assert picture.size == (int(name.rpartition("-")[2]),) * 2


def test_ios_has_nothing_transparent(icons):
    assert {icons[f"aios-{size}"].mode for size in draw_icons.IOS} == {"RGB"}


def test_a_launcher_may_cut_an_adaptive_icon(icons):
    for size in draw_icons.ADAPTIVE:
        left, top, right, bottom = icons[f"aios-adaptive-{size}"].getchannel("A").getbbox()
        edge = size * 21 / 108 - 1
        assert min(left, top, size - right, size - bottom) >= edge


def test_each_shows_the_mark(icons):
    for name, picture in icons.items():
        if picture.width >= 40:
            colours = picture.convert("RGB").getcolors(1 << 24)
            assert any(blue > 200 and green > 150 and red < 80 for _, (red, green, blue) in colours), name


def test_a_round_icon_has_no_corners(icons):
    assert icons["aios-round-192"].getpixel((0, 0))[3] == 0
    assert icons["aios-round-192"].getpixel((96, 96))[3] == 255
