"""Events come whole, whatever pieces their bytes come in."""

from __future__ import annotations

from duragraph_ext.client.sse import SseDecoder, StreamPart


def decode(*chunks: bytes) -> list[StreamPart]:
    decoder = SseDecoder()
    return [part for chunk in chunks for part in decoder.feed(chunk)]


STREAM = (
    b'id: 1-1\nevent: metadata\ndata: {"run_id":"r","attempt":1}\n\n'
    b": heartbeat\n\n"
    b"event: values\ndata: [1,\ndata: 2]\nid: 1-2\n\n"
)
PARTS = [
    StreamPart("metadata", {"run_id": "r", "attempt": 1}, "1-1"),
    StreamPart("values", [1, 2], "1-2"),
]


def test_events_with_ids_before_and_after_their_data() -> None:
    assert decode(STREAM) == PARTS


def test_any_cut_gives_the_same_events() -> None:
    assert decode(*(STREAM[index : index + 1] for index in range(len(STREAM)))) == PARTS
    for cut in range(len(STREAM)):
        assert decode(STREAM[:cut], STREAM[cut:]) == PARTS


def test_carriage_returns_end_lines_too() -> None:
    crlf = STREAM.replace(b"\n", b"\r\n")
    assert decode(crlf) == PARTS
    assert decode(*(crlf[index : index + 1] for index in range(len(crlf)))) == PARTS


def test_line_separators_of_unicode_are_text() -> None:
    text = "one\u2028two\u0085three"
    assert decode(f'data: "{text}"\n\n'.encode()) == [StreamPart("message", text)]


def test_an_event_without_data_has_none() -> None:
    assert decode(b"event: values\ndata:\n\n", b"event: bare\n\n") == [
        StreamPart("values", None),
        StreamPart("bare", None),
    ]


def test_a_cut_off_event_is_not_told() -> None:
    assert decode(b'event: values\ndata: {"half') == []
