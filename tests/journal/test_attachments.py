"""Attachments: typed by content, hashed, bombs refused, served only to who may see (issue: Journal; Bad input)."""

import hashlib
import io
import os
import resource
import signal
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings
from tests.journal.processes import ROOT
from tests.journal.world import World, at

from shouwen.journal import clock
from shouwen.journal.attachments import SIZE_LIMIT, keep, stored_at
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import Invalid
from shouwen.journal.models import AccessLog, Attachment, Subject

pytestmark = pytest.mark.django_db

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000"
    "000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "attachments"


def office(folder: str = "word/", **members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}document.xml", "<document/>")
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def kept(world: World, content: bytes, name: str) -> Attachment:
    return keep(io.BytesIO(content), name, world.clerk)


def test_a_file_is_kept_under_its_hash_and_once(world: World) -> None:
    one, same = kept(world, PNG, "墙面.png"), kept(world, PNG, "again.PNG")
    assert (one.media_type, one.size, one.name) == ("image/png", len(PNG), "墙面.png")
    assert one.sha256 == same.sha256 == hashlib.sha256(PNG).hexdigest()
    assert stored_at(one.sha256).read_bytes() == PNG
    assert len([path for path in stored_at(one.sha256).parents[2].rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "协议.pdf", "application/pdf"),
        (office(), "通知书.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl/"), "台账.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("第一行\n𠮷\n".encode(), "记录.txt", "text/plain"),
        ("第一行\r\n𠮷祥，渗水\n".encode("gb18030"), "记录.txt", "text/plain"),
        ("编号,内容\n1,外墙渗水\n".encode("gbk"), "记录.csv", "text/plain"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\0" * 64, "a.jpg", "image/jpeg"),
    ],
)
def test_the_type_is_that_of_the_content(world: World, content: bytes, name: str, media_type: str) -> None:
    assert kept(world, content, name).media_type == media_type


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"MZ\x90\0" + b"\0" * 200, "run.exe", "不接收这种类型的文件：run.exe。"),
        (b"\x7fELF" + b"\0" * 200, "picture.png", "不接收这种类型的文件：picture.png。"),
        (b"<html><script>alert(1)</script></html>", "page.html", "文件名与内容不符：page.html 的内容是 text/plain。"),
        (PNG, "协议.pdf", "文件名与内容不符：协议.pdf 的内容是 image/png。"),
        ("渗水\0".encode("gbk"), "nul.txt", "不接收这种类型的文件：nul.txt。"),
        ("渗水\x07".encode("gbk"), "bell.txt", "不接收这种类型的文件：bell.txt。"),
        (b"\xd6\xd0\xff\xff", "broken.txt", "不接收这种类型的文件：broken.txt。"),
        (b"", "empty.txt", "文件是空的。"),
        (b"a" * (SIZE_LIMIT + 1), "long.txt", "文件超过 20 MB。"),
        (office(**{"bomb.bin": b"\0" * 30_000_000}), "bomb.docx", "文件解压后远大于本身，不予接收。"),
        (office(**{"inner.zip": office()}), "nested.docx", "文件解压后远大于本身，不予接收。"),
        (b"PK\x03\x04" + b"\0" * 100, "broken.docx", "不接收这种类型的文件：broken.docx。"),
    ],
)
def test_wrong_types_and_bombs_are_refused_and_leave_nothing(
    world: World, settings: Settings, content: bytes, name: str, said: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        kept(world, content, name)
    assert invalid.value.errors == {"file": said}
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    assert not Attachment.objects.exists()


def picture(kind: str, width: int, height: int) -> bytes:
    """The beginning of a picture that declares this size."""
    if kind == "png":
        return PNG[:16] + struct.pack(">II", width, height) + PNG[24:]
    if kind == "gif":
        return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"
    if kind == "jpg":
        frame = b"\xff\xc2\0\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\0"
        return b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01" + b"\0" * 7 + b"\xff" + frame + b"\xff\xd9"
    if kind == "heic":
        size = b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", width, height)
        return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + size.replace(struct.pack(">II", width, height), b"\0" * 8) + size
    body = {
        "vp8x": b"\0" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"),
        "vp8l": b"\x2f" + (width - 1 | height - 1 << 14).to_bytes(4, "little") + b"\0" * 5,
        "vp8 ": b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height),
    }[kind]
    chunk = kind.upper().encode() + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


@pytest.mark.parametrize(
    ("kind", "width", "height"),
    [
        ("png", 50_000, 50_000),
        ("png", 12_001, 10_000),
        ("gif", 65_535, 65_535),
        ("jpg", 65_535, 65_535),
        ("heic", 50_000, 50_000),
        ("vp8x", 50_000, 50_000),
        ("vp8l", 16_384, 16_384),
        ("vp8 ", 16_383, 16_383),
    ],
)
def test_a_picture_that_would_fill_the_memory_is_refused_by_what_it_declares(
    world: World, kind: str, width: int, height: int
) -> None:
    name = f"墙面.{'webp' if kind.startswith('vp8') else kind}"
    with pytest.raises(Invalid) as invalid:
        kept(world, picture(kind, width, height), name)
    assert invalid.value.errors == {"file": f"图像有 {width} × {height} 像素，超过 1.2 亿像素的不接收。"}
    # The largest that is taken in: 一亿二千万像素。
    assert kept(world, picture(kind, 12_000, 10_000), name).size == len(picture(kind, 12_000, 10_000))


def test_a_plain_archive_is_not_taken_in(world: World) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(Invalid):
        kept(world, file.getvalue(), "a.docx")


def test_overlapping_members_are_a_bomb(world: World) -> None:
    """Two entries of the directory that share their bytes (the flattest of bombs)."""
    file = bytearray(office(**{"a.bin": os.urandom(500), "b.bin": os.urandom(500)}))
    first, second = file.rfind(b"PK\x01\x02", 0, file.rfind(b"PK\x01\x02")), file.rfind(b"PK\x01\x02")
    file[second + 42 : second + 46] = file[first + 42 : first + 46]
    with pytest.raises(Invalid):
        kept(world, bytes(file), "bomb.docx")


class TestServed:
    def verified(self, world: World) -> tuple[Subject, Attachment]:
        subject, file = world.intake(), kept(world, PNG, "墙面.png")
        world.take(Draft(subject, "verified", {"evidence": [str(file.pk)]}), now=at("2026-03-02 10:00"))
        file.refresh_from_db()
        return subject, file

    def get(self, person: object, file: Attachment) -> object:
        client = Client()
        client.force_login(person)  # type: ignore[arg-type]
        with clock.at(at("2026-03-02 11:00")):
            return client.get(f"/journal/attachments/{file.pk}/")

    def test_to_who_sees_the_subject_and_each_look_is_written_down(self, world: World) -> None:
        subject, file = self.verified(world)
        assert file.subject == subject
        response = self.get(world.second, file)
        assert (response.status_code, b"".join(response)) == (200, PNG)  # type: ignore[attr-defined,call-overload]
        assert response["Content-Type"] == "image/png"  # type: ignore[index]
        assert response["X-Content-Type-Options"] == "nosniff"  # type: ignore[index]
        assert "sandbox" in response["Content-Security-Policy"]  # type: ignore[index]
        looks = AccessLog.objects.values_list("person", "subject", "what", "at")
        assert list(looks) == [(world.second.pk, subject.pk, f"attachment {file.pk}", at("2026-03-02 11:00"))]

    def test_to_nobody_else(self, world: World) -> None:
        _subject, file = self.verified(world)
        assert self.get(world.outsider, file).status_code == 404  # type: ignore[attr-defined]
        assert Client().get(f"/journal/attachments/{file.pk}/").status_code == 302
        assert not AccessLog.objects.exists()

    def test_before_an_entry_names_it_to_its_uploader_alone(self, world: World) -> None:
        file = kept(world, PNG, "a.png")
        assert self.get(world.clerk, file).status_code == 200  # type: ignore[attr-defined]
        assert self.get(world.second, file).status_code == 404  # type: ignore[attr-defined]

    def test_an_unknown_file_is_refused_in_an_entry(self, world: World) -> None:
        subject = world.intake()
        with pytest.raises(Invalid) as invalid:
            world.take(Draft(subject, "verified", {"evidence": "nothing"}), now=at("2026-03-02 10:00"))
        assert invalid.value.errors == {"evidence": "不存在：nothing。"}


FULL = """
import io, sys
from shouwen.house.boot import boot
boot()
from django.conf import settings
from pathlib import Path
from shouwen.journal.attachments import keep
from shouwen.journal.errors import NoRoom
try:
    keep(io.BytesIO("字".encode() * 1_000_000), "long.txt", None)
except NoRoom as full:
    print(full)
print([path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()])
"""


def test_a_full_disk_is_said_so_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    env = {**os.environ, "SHOUWEN_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", FULL], cwd=ROOT, env=env, preexec_fn=small, capture_output=True, text=True
    )
    assert done.stdout == "磁盘已满，什么都没有保存。请告知管理员。\n[]\n"
