"""`make docs`: writes docs/reference of the checkout that it is run in."""

from pathlib import Path

from streams.catalogue.documents import write

write(Path.cwd())
