// Redoc brings a logo from its maker's host; our pages ask nothing of other hosts.
const image = HTMLImageElement.prototype;
const set = image.setAttribute;
const source = Object.getOwnPropertyDescriptor(image, "src");
const isOurs = (url) => new URL(url, location.href).origin === location.origin;

image.setAttribute = function (name, value) {
  if (name !== "src" || isOurs(value)) set.call(this, name, value);
};
Object.defineProperty(image, "src", {
  ...source,
  set(url) {
    if (isOurs(url)) source.set.call(this, url);
  },
});
