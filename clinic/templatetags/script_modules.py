from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from clinic import script_modules

register = template.Library()


@register.simple_tag
def script_module(path: str) -> SafeString:
    """`js/app.js` as a script; links before it request what it imports at the same time."""
    imported = ((static(module),) for module in script_modules.imported_by(path))
    preloads = format_html_join("", '<link rel="modulepreload" href="{}">', imported)
    return format_html('{}<script type="module" src="{}"></script>', preloads, static(path))
