"""Just enough DER to write a string into a certificate and to take an OCSP answer apart.

tag (1 byte)  length (1 byte, or 81 n, or 82 n n)  content
"""


def encode(tag: int, *parts: bytes) -> bytes:
    """Return one element whose content is the parts in a row; below 64 KiB."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    if length < 0x100:
        return bytes((tag, 0x81, length)) + content
    return bytes((tag, 0x82)) + length.to_bytes(2, "big") + content


def content(element: bytes) -> bytes:
    """Return what is inside one element."""
    start, end = _bounds(element)
    return element[start:end]


def split(content: bytes) -> list[bytes]:
    """Return the elements that stand in a row, each with its tag and length."""
    elements = []
    while content:
        end = _bounds(content)[1]
        elements.append(content[:end])
        content = content[end:]
    return elements


def _bounds(element: bytes) -> tuple[int, int]:
    """Return where the content of the first element begins and ends."""
    first = element[1]
    if first < 0x80:
        return 2, 2 + first
    start = 2 + (first & 0x7F)
    return start, start + int.from_bytes(element[2:start], "big")
