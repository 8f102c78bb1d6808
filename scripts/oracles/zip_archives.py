"""Makes the archives of Tests/ArchivesTests/Fixtures with Python's zipfile: zip_archives.py FOLDER"""
import pathlib
import sys
import zipfile

folder = pathlib.Path(sys.argv[1])
FILES = {"tokenizer.json": b'{"model":{}}' * 200, "empty.txt": b"", "a/nested.jinja": "Grüße, 世界".encode()}
for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
    with zipfile.ZipFile(folder / f"{name}.zip", "w", method) as archive:
        archive.comment = b"a comment behind the directory"
        archive.writestr(zipfile.ZipInfo("a/", (2026, 1, 1, 0, 0, 0)), b"")
        for path, content in FILES.items():
            info = zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, content)
