"""Names and addresses of people who do not exist."""

from __future__ import annotations

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN = _words(
    "Ada Aiden Alma Amir Ana Anders Aria Arjun Ben Bianca Caleb Camila Carlos Celia Chidi Clara "
    "Daniel Darius Dina Diego Elif Eli Emma Esme Ethan Fatima Felix Finn Freya Gia Grace Gus Hana "
    "Harper Hugo Ian Ines Iris Isaac Ivy Jamal Jade Jonas Juno Kai Kavya Keira Kofi Lars Leila "
    "Leo Lina Luca Lucia Malik Mara Mateo Mei Mila Milo Nadia Naomi Nico Nina Noah Nora Oluchi "
    "Omar Oscar Otis Pablo Paige Petra Quinn Rafael Ravi Rosa Ruby Sami Sana Selma Silas Simone "
    "Stella Tara Teo Theo Tomas Una Vera Viktor Willa Xavi Yara Yusuf Zara Zoe"
)

FAMILY = _words(
    "Abara Acosta Adeyemi Albright Alvarez Amari Andersen Bakker Banerjee Barros Bianchi Blum "
    "Brandt Calloway Cardoso Chandra Chavez Cho Cohen Costa Dahl Delgado Demir Diallo Dubois Eze "
    "Farouk Fischer Flores Fonseca Garcia Gomez Haddad Hale Hansen Hartley Hayashi Holm Ibarra "
    "Iyer Jansen Jensen Kapoor Keller Khan Kovacs Kowalski Kruger Larsen Laurent Levy Lim Lopez "
    "Maddox Marino Marsh Mbeki Medina Meyer Moreau Nakamura Navarro Ndiaye Nguyen Novak Okoro "
    "Olsen Ortega Osei Palmer Park Patel Pereira Quintero Rahman Ramos Reyes Rinaldi Rossi Saito "
    "Santos Sato Schmidt Sharma Silva Singh Solberg Stein Suarez Tanaka Tran Usman Vargas Vega "
    "Villar Vogel Walsh Weber Whitfield Yilmaz Zamora Ziegler"
)

STREETS = _words("Alder Birch Cedar Cherry Dogwood Elm Hawthorn Juniper Linden Maple Oak Spruce")

RELATIONSHIPS = ("Mother", "Father", "Mother", "Grandmother", "Foster parent")


def given(random: Random) -> str:
    return random.choice(GIVEN)


def family(random: Random) -> str:
    return random.choice(FAMILY)


def phone(random: Random, area_code: str) -> str:
    """A number in the range that the North American numbering plan reserves for fiction."""
    return f"({area_code}) 555-01{random.randrange(100):02d}"


def street(random: Random) -> str:
    return f"{random.randrange(2, 990)} {random.choice(STREETS)} Street"


def email(given_name: str, family_name: str, number: int) -> str:
    return f"{given_name}.{family_name}{number}@mail.example".lower()
