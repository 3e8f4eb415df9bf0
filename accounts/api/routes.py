from accounts.api.resource import Resource

ROUTES: dict[str, type[Resource]] = {}
