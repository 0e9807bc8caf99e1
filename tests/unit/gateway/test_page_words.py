"""The words of the gateway's page are those of the catalogues, and need nothing that reads these."""

import subprocess
import sys

from scripts.site_page_words import FILE, written


def test_the_words_of_the_page_are_those_of_the_catalogues() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "run make format"


def test_a_gateway_begins_where_no_catalogue_can_be_read() -> None:
    script = "import sys; sys.modules['babel'] = None; import gateway.app"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
