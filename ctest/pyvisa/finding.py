"""The three ways in which a program names the library."""
import os
import pathlib
import subprocess
import sys
import tempfile

path = sys.argv[1]
show = "import pyvisa; rm = pyvisa.ResourceManager({}); print(rm.visalib.library_path)"


def run(argument, **environment):
    env = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, "-c", show.format(argument)], env=env, text=True, capture_output=True
    )


for argument in repr(path), repr(path + "@ivi"):
    answer = run(argument)
    assert answer.stdout.strip() == path, (argument, answer)
for value in path, path + "@ivi":
    answer = run("", PYVISA_LIBRARY=value)
    assert answer.stdout.strip() == path, (value, answer)

with tempfile.TemporaryDirectory() as home:
    pathlib.Path(home, ".pyvisarc").write_text(f"[Paths]\nVISA library: {path}\n")
    answer = run("", HOME=home)
    assert path in answer.stdout, answer
