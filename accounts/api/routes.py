from accounts.api.resources.api_keys import ApiKeys

ROUTES = {
    "api-keys": ApiKeys,
}
