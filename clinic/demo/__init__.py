"""The two demo clinics and their typical weeks. All data is invented."""

PASSWORD = "caretally-demo"

# Role, e-mail and password of the users to sign in as.
SIGN_INS = [
    ("Administrator", "admin@riverside.example", PASSWORD),
    ("Practitioner", "maya@riverside.example", PASSWORD),
    ("Viewer", "viewer@riverside.example", PASSWORD),
    ("Patient", "patient@harbor.example", PASSWORD),
    ("Guardian", "guardian@riverside.example", PASSWORD),
    ("Several clinics", "owner@caretally.example", PASSWORD),
    ("Super-administrator", "root@caretally.example", PASSWORD),
]
