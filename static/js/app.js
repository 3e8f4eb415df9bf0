// Loaded by every page of base.html. Each module adds one behaviour; all pages work without them.

import "./app/panel.js";
import "./app/menus.js";
import "./app/keys.js";
import "./app/search.js";
import "./app/toasts.js";
import "./app/errors.js";
import "./app/unsaved.js";
import "./app/double-send.js";
import "./app/filters.js";
import "./app/idle.js";
