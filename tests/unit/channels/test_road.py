"""From a telephone to the table and back."""

from channels.models import MessageState, OutboxState
from tests.unit.channels.line import Line


def test_a_text_becomes_a_sealed_row_and_an_answer_reaches_the_phone(line: Line) -> None:
    assert line.text("¡Ayúdame! 🙏").status_code == 200
    (message,) = line.messages()
    assert message.state is MessageState.NEW
    assert b"Ay" not in (message.body or b"")
    line.say("Hello.")
    line.send()
    assert line.heard() == ["Hello."]
    line.eventually(lambda: line.states() == [OutboxState.DELIVERED])
    (row,) = line.outbox()
    assert row.body is None
    assert row.hour is None
