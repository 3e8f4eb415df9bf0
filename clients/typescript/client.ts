import createClient from "openapi-fetch";
import type { paths } from "./schema.ts";

/** The API of one clinic; `token` is an API key, or the access token of a person's app. */
export function connect(baseUrl: string, token: string) {
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
}
