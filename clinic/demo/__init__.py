"""The demo clinics: two of them, and a week that could be any clinic's. All of it is invented."""

PASSWORD = "caretally-demo"

# Role, e-mail, password: what the demo offers to sign in with.
SIGN_INS = [
    ("Administrator", "admin@riverside.example", PASSWORD),
    ("Practitioner", "maya@riverside.example", PASSWORD),
    ("Viewer", "viewer@riverside.example", PASSWORD),
    ("Patient", "patient@harbor.example", PASSWORD),
    ("Guardian", "guardian@riverside.example", PASSWORD),
    ("Several clinics", "owner@caretally.example", PASSWORD),
    ("Super-administrator", "root@caretally.example", PASSWORD),
]
