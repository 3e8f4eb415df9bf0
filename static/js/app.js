// What every page has. Pages work without it; each module makes one thing more comfortable.
// templates/base.html preloads the modules, so that they are fetched at once.

import "./app/panel.js";
import "./app/menus.js";
import "./app/shortcuts.js";
import "./app/search.js";
import "./app/toasts.js";
import "./app/errors.js";
import "./app/forms.js";
import "./app/filters.js";
import "./app/idle.js";
