"""tests/door/answer.c in Python: a question a line, an answer a line."""
import sys

import why403

world = why403.World.empty()
for question in sys.stdin.buffer:
    try:
        text, _ = world._answer(question)
        sys.stdout.buffer.write(text if text.endswith(b"\n") else text + b"\n")
    except why403.Error as error:
        sys.stdout.buffer.write(b'{"error":{"message":"' + error.message.encode("ascii", "replace").replace(b'"', b"'") + b'"}}\n')
