"""Errands to files of rows: brought in, tried, written, taken out."""

from tests.doors.errand import Errand, Thing

IMPORT = {"id": Thing("import")}
EXPORT = {"id": Thing("export")}
_E = Errand
_V = "/api/v1/bulk/"

BULK = [
    _E(f"GET {_V}targets/"),
    _E(f"GET {_V}mappings/"),
    _E(f"GET {_V}jobs/", query="kind=import"),
    _E(f"GET {_V}jobs/{{id}}/", places=IMPORT),
    _E(f"GET {_V}jobs/{{id}}/rows/", places=IMPORT, query="outcome=refused"),
    _E(f"POST {_V}imports/", 201, file=("people.csv", b"E-mail,Name\neve@in.example,Eve\n"),
       body={"target": "customers"}),
    _E(f"POST {_V}jobs/{{id}}/check/", places=IMPORT,
       body={"columns": {"E-mail": "email", "Name": "name"}, "mapping": "", "options": {},
             "save_as": "People"}),
    _E(f"POST {_V}jobs/{{id}}/steps/", places=IMPORT, body={"to": "cancel"}),
    _E(f"POST {_V}exports/", 201, idempotent=True,
       body={"target": "customers", "columns": ["email"], "options": {}, "format": "csv"}),
    _E(f"GET {_V}jobs/{{id}}/file/", places=EXPORT),
]  # fmt: skip
