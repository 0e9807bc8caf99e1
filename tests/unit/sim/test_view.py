from tocsin.sim.view import sent_by_line


def test_sent_messages_are_summed_by_line() -> None:
    wires = {"a": "line-1", "b": "line-1", "c": "line-2"}
    assert sent_by_line(wires, {"a": 2, "b": 3, "c": 5}) == {"line-1": 5, "line-2": 5}
