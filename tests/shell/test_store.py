"""What is handed to the stores: sizes that they take, texts that fit, a page for deleting the account."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from aios.accounts.pages import delete_page

STORE = Path(__file__).parents[2] / "docs/store"
SIZES = {"iphone": (1320, 2868), "ipad": (2064, 2752), "play-phone": (1080, 1920)}
PAGES = ("home", "planner", "notebook")


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Width and height, from the frame header (ITU-T T.81, B.2.2)."""
    at = 2
    while True:
        marker, length = struct.unpack(">HH", jpeg[at : at + 4])
        if 0xFFC0 <= marker <= 0xFFC2:
            height, width = struct.unpack(">HH", jpeg[at + 5 : at + 9])
            return width, height
        at += 2 + length


@pytest.mark.parametrize("screen", SIZES)
@pytest.mark.parametrize("page", PAGES)
def test_pictures_have_the_sizes_that_stores_take(screen, page):
    assert size_of((STORE / f"screenshots/{screen}-{page}.jpg").read_bytes()) == SIZES[screen]


def test_texts_fit():
    text = (STORE / "listing.md").read_text("utf-8")
    assert len(re.search(r"\*\*Subtitle\*\* (.+?) \(", text)[1]) <= 30
    assert len(re.search(r"\*\*Short description\*\* \(Play, 80\) (.+)", text)[1]) <= 80
    assert len(re.search(r"\*\*Keywords\*\* (\S+)", text)[1]) <= 100


def test_the_account_deletion_page_exists_where_the_texts_say():
    assert "/settings/account/delete" in delete_page.paths
    assert "/settings/account/delete" in (STORE / "listing.md").read_text("utf-8")
