"""The catalogue: what people, broken programs and attackers send in place of what was asked for."""

import json
import re
from typing import Any

LIMIT = 262_144  # bytes a JSON door takes (core/api/parser.py)

SQL = "x'; DROP TABLE accounts_user; SELECT pg_sleep(5); --"
HTML = "<script>alert(1)</script><img src=x onerror=alert(1)>"
LINES = "innocent\r\nX-Injected: yes\r\n\r\n<html>"
TEMPLATE = "{{7*7}}{% debug %}${7*7}#{7*7}"
TRAVERSAL = "../../../../etc/passwd"
BIDI = "\u202egnp.exe\u2066\u2069\u200f"
COMBINING = "e" + "\u0301" * 200
LONG = "x" * 30_000


def nested(depth: int) -> Any:
    """A box in a box in a box."""
    node: Any = {}
    for _ in range(depth):
        node = {"a": [node]}
    return node


# values for any single field of a JSON body
VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "zero": 0,
    "minus one": -1,
    "beyond int": 2**31,
    "beyond bigint": 2**63,
    "31 digits": 10**30,
    "a fraction": 0.5,
    "almost nothing": 1e-30,
    "a list": ["x"],
    "a list of lists": [[[]]],
    "an object": {"a": 1},
    "money of nowhere": {"amount": "1", "currency": "XXX"},
    "deep": nested(25),
    "10,000 items": [0] * 10_000,
    "5,000 names": {f"n{number}": number for number in range(5_000)},
    "empty": "",
    "spaces": " \t ",
    "NUL": "a\x00b",
    "control characters": "a\x07\x1b[31m\x7f\x9b",
    "half a surrogate pair": "\ud800",
    "SQL": SQL,
    "HTML": HTML,
    "line breaks": LINES,
    "template": TEMPLATE,
    "path": TRAVERSAL,
    "format": "%s%n%x{0.__class__}",
    "bidi": BIDI,
    "combining": COMBINING,
    "long": LONG,
    "digits of elsewhere": "\uff11\uff12\u0663",
    "NaN as text": "NaN",
    "minus nothing": "-0",
    "a huge exponent": "1e999999",
    "no day": "0000-00-00",
    "a leap second": "9999-12-31T23:59:60Z",
    "the nil id": "00000000-0000-0000-0000-000000000000",
    "an id in braces": "{0197f3a0-0000-7000-8000-000000000000}",
    "an address": "http://169.254.169.254/latest/meta-data/",
    "a script address": "javascript:alert(1)",
    "an odd mail address": '"a\\"b"@[127.0.0.1]',
    "a mail address twice": "a@b.example,c@d.example",
}

# every field is tried with these
ALWAYS = ["null", "a list", "empty", "NUL", "half a surrogate pair", "beyond bigint"]
# ... and with what fits its kind: only that comes past the first look at it
NUMBERS = [
    "zero", "minus one", "beyond int", "31 digits", "a fraction", "almost nothing",
    "digits of elsewhere", "NaN as text", "a huge exponent",
]  # fmt: skip
FITTING: dict[str, list[str]] = {
    "text": [
        "spaces", "SQL", "HTML", "template", "path", "format", "bidi", "combining", "long",
        "line breaks", "control characters",
    ],
    "mail": ["spaces", "SQL", "long", "bidi", "an odd mail address", "a mail address twice"],
    "address": ["spaces", "path", "long", "an address", "a script address"],
    "id": ["SQL", "path", "minus one", "the nil id", "an id in braces"],
    "moment": ["zero", "SQL", "digits of elsewhere", "no day", "a leap second"],
    "amount": [*NUMBERS, "minus nothing", "money of nowhere"],
    "number": [*NUMBERS, "true"],
    "choice": ["zero", "minus one", "spaces", "an object"],
    "structure": [
        "true", "an object", "a list of lists", "money of nowhere", "deep", "10,000 items",
        "5,000 names",
    ],
}  # fmt: skip
_SHAPES = {
    "id": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-"),
    "moment": re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d$"),
    "amount": re.compile(r"-?\d+(\.\d+)?$"),
    "mail": re.compile(r"[^/]+@"),
    "address": re.compile(r"https?://"),
}


def kind_of(value: Any) -> str:
    """Of what kind a field is, by what stands in it properly."""
    if isinstance(value, str):
        return next((kind for kind, shape in _SHAPES.items() if shape.match(value)), "text")
    if isinstance(value, bool):
        return "choice"
    if isinstance(value, int | float):
        return "number"
    return "structure" if isinstance(value, dict | list) else "id"


# whole bodies that are no JSON object, and bodies that try the reader
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \r\n\t ",
    "cut off": b'{"a": "b',
    "a brace": b"{",
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"1",
    "null": b"null",
    "NaN": b"NaN",
    "NaN inside": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "a name twice": b'{"email": "a@b.example", "email": "c@d.example"}',
    "a comma too many": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "a comment": b"{} // done",
    "two objects": b"{}{}",
    "a form": b"a=1&b=2",
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "YAML": b"!!python/object/apply:os.system ['id']",
    "pickle": b"\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix.",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00C\xbf\xa6\xa3\x02\x00",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-32": '{"a": 1}'.encode("utf-32"),
    "Latin-1": '{"a": "\u00e9"}'.encode("latin-1"),
    "overlong UTF-8": b'{"a": "\xc0\x80"}',
    "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "a NUL byte": b'{"a": "\x00"}',
    "NUL bytes": b"\x00" * 1000,
    "an escaped NUL": b'{"a": "\\u0000"}',
    "a NUL in a name": b'{"\\u0000": 1}',
    "a wrong escape": b'{"a": "\\x41"}',
    "a raw line break": b'{"a": "\n"}',
    "33 digits": b'{"a": ' + b"9" * 33 + b"}",
    "100,000 digits": b'{"a": ' + b"9" * 100_000 + b"}",
    "a huge exponent": b'{"a": 1e999999}',
    "100,000 brackets": b"[" * 100_000,
    "100,000 boxes": b'{"a":' * 30_000,
    "66 levels": json.dumps({"a": nested(33)}).encode(),
    "10,001 names": json.dumps({f"n{n}": 0 for n in range(10_001)}).encode(),
    "a name without letters": b'{"": 1}',
    "a long name": b'{"' + b"n" * 100_000 + b'": 1}',
    "a prototype": b'{"__proto__": {"is_staff": true}, "constructor": {}}',
    "inside names": b'{"__class__": {}, "pk": 1, "id": 1, "is_superuser": true, "password": "x"}',
    "ORM paths": b'{"user__password": "x", "id__in": [1]}',
}

CONTENT_TYPES: dict[str, str] = {
    "text": "text/plain",
    "a form": "application/x-www-form-urlencoded",
    "multipart without boundary": "multipart/form-data",
    "multipart": "multipart/form-data; boundary=x",
    "XML": "application/xml",
    "JSON in Latin-1": "application/json; charset=latin-1",
    "JSON in nothing": "application/json; charset=",
    "JSON in rubbish": "application/json; charset=\u20ac",
    "JSON in UTF-7": "application/json; charset=utf-7",
    "JSON-like": "application/json5",
    "patch": "application/merge-patch+json",
    "nothing": "",
    "a semicolon": ";",
    "slashes": "///",
    "long": "application/" + "x" * 5_000,
    "commas": "application/json, text/html",
    "line breaks": "application/json\r\nX-Injected: yes",
}

# texts for one value in a query string, sent percent-encoded
QUERY_VALUES: dict[str, str] = {
    "empty": "",
    "NUL": "\x00",
    "SQL": SQL,
    "HTML": HTML,
    "line breaks": LINES,
    "minus one": "-1",
    "huge": "9" * 40,
    "fraction": "1.5",
    "exponent": "1e309",
    "digits of elsewhere": "\u0663",
    "NaN": "NaN",
    "no day": "2026-02-30",
    "year zero": "0000-01-01T00:00:00Z",
    "the last moment": "9999-12-31T23:59:59-23:59",
    "half an id": "0197f3a0",
    "commas": ",,,,",
    "many": ",".join("x" * 101),
    "a mask": "%_%\\",
    "a pattern": "(a+)+$",
    "bidi": BIDI,
    "long": "x" * 3_000,
    "list": "['a']",
    "path": "__class__",
}

# query strings as a whole, sent as they are
QUERIES: dict[str, str] = {
    "unknown": "is_superuser=true",
    "ORM path": "user__password__startswith=a",
    "another table": "customer__user__password=x",
    "a private lookup": "id__regex=.*",
    "twice": "limit=1&limit=2",
    "brackets": "filter[status]=x&limit[]=1",
    "bad percent": "search=%zz&limit=%",
    "bad UTF-8": "search=%ff%fe",
    "a bad name": "%ff=1",
    "overlong": "search=%c0%80",
    "a surrogate": "search=%ed%a0%80",
    "NUL": "limit=1%00",
    "semicolons": "limit=1;offset=2",
    "equal signs": "====&&&&=",
    "1,500 parameters": "&".join(f"p{number}=1" for number in range(1_500)),
    "a long one": "search=" + "x" * 20_000,
    "a forged cursor": "cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "a cursor of accents": "cursor=\u00e9\u00e9",
    "cursor and offset": "cursor=x&offset=1",
    "deep offset": "offset=100000000000",
    "everything": "limit=200&expand=*&fields=*&ordering=*",
    "a format": "format=xml",
    "a method": "_method=DELETE",
}

# one part of a path, already percent-encoded
PLACES: dict[str, str] = {
    "a word": "me",
    "a number": "1",
    "a huge number": "9" * 400,
    "minus one": "-1",
    "half an id": "0197f3a0-0000",
    "an id without dashes": "0197f3a0000070008000000000000000",
    "an id in capitals": "0197F3A0-0000-7000-8000-00000000000A",
    "the nil id": "00000000-0000-0000-0000-000000000000",
    "NUL": "a%00b",
    "dots": "%2e%2e",
    "traversal": "..%2f..%2fetc%2fpasswd",
    "double encoding": "%252e%252e%252f",
    "SQL": "1%27%20OR%20%271%27=%271",
    "HTML": "%3Cscript%3E",
    "line breaks": "a%0d%0aX-Injected:%20yes",
    "bad UTF-8": "%ff%fe",
    "a surrogate": "%ed%a0%80",
    "bidi": "%e2%80%ae",
    "a semicolon": "x;jsessionid=1",
    "a space": "%20",
    "long": "x" * 5_000,
}
