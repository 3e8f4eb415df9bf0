// Elements that every page has, and a short query.

export const $ = (selector, root = document) => root.querySelector(selector);
export const panel = $("#panel");
export const dialog = $("#dialog");
