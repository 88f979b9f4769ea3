"""ZIP archives of exports."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from crm_data.importers.errors import ImportStopped
from crm_data.importers.excel_file import is_archive
from crm_data.importers.files import find_files
from crm_data.progress import Progress

#: What an archive may hold once it is unpacked.
LARGEST_UNPACKED = 20_000_000_000
MOST_FILES = 10_000
_BLOCK = 1 << 20


def unpacked(paths: Iterable[Path], into: Path, progress: Progress = lambda *_: None) -> list[Path]:
    """The same files, but what ZIP archives among them hold instead of the archives.

    It is written below `into`, a folder for each archive, and is the caller's to take away. Limits go by
    the bytes that come out, whatever the archive says of itself. `progress` may raise Cancelled. Raises
    ImportStopped.
    """
    found = []
    for number, file in enumerate(find_files(paths)):
        if not is_archive(file.path):
            found.append(file.path)
            continue
        folder = into / f"{number}-{file.path.stem}"
        _unpack(file.path, folder, progress)
        found += [inside.path for inside in find_files([folder])]
    return found


def _unpack(path: Path, folder: Path, progress: Progress) -> None:
    try:
        folder.mkdir(parents=True)
        left = most = min(LARGEST_UNPACKED, shutil.disk_usage(folder).free // 2)
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MOST_FILES:
                raise ImportStopped(f"{path.name} holds {len(members):,} files; {MOST_FILES:,} are the most.")
            total = sum(member.file_size for member in members)
            for number, member in enumerate(members):
                name = Path(member.filename.replace("\\", "/")).name
                if name.startswith(".") or "__MACOSX" in member.filename:
                    continue
                place = folder / name
                if place.exists():
                    place = folder / f"{number}-{name}"
                for count in _copy(archive, member, place):
                    left -= count
                    if left < 0:
                        raise ImportStopped(
                            f"{path.name} unpacks to more than an archive may, or than the disk has room "
                            "for. Give its files alone."
                        )
                    progress(f"Unpacking {path.name}", most - left, total)
                if is_archive(place):
                    place.unlink()
                    raise ImportStopped(
                        f"{path.name} holds another archive, {name}. Unpack it and give its files."
                    )
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, zlib.error) as error:
        raise ImportStopped(f"{path.name} cannot be unpacked; it may be damaged: {error}.") from error
    except RuntimeError as error:
        raise ImportStopped(f"{path.name} is locked with a password. Unpack it first.") from error
    except OSError as error:
        raise ImportStopped(f"{path.name} cannot be unpacked: {error.strerror or error}.") from error


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path) -> Iterator[int]:
    """Gives the bytes of each block as it comes out."""
    with archive.open(member) as source, place.open("wb") as target:
        while block := source.read(_BLOCK):
            yield len(block)
            target.write(block)
