/** Building the page: elements and text nodes only. Nothing is ever parsed as HTML. */

/** An element. `attributes` may hold `on: {event: listener}`; true sets a bare attribute, false and null none. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      Object.entries(value).forEach(([event, listener]) => element.addEventListener(event, listener));
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...kept(children));
  return element;
}

/** Put `children` into `element` in place of what it held. */
export function fill(element, ...children) {
  element.replaceChildren(...kept(children));
  return element;
}

/** A button that does not submit. */
export function button(label, onClick, attributes = {}) {
  return h("button", { type: "button", ...attributes, on: { click: onClick } }, label);
}

/** A form field with its label above it and, if given, a hint that the field is described by. */
export function field(label, control, hint = null) {
  const id = (control.id ||= freshId());
  const note = hint && h("p", { class: "hint", id: `${id}-hint` }, hint);
  if (note) {
    control.setAttribute("aria-describedby", note.id);
  }
  return h("div", { class: "field" }, h("label", { for: id }, label), note, control);
}

/** A select of `[value, label]` pairs. */
export function select(options, chosen, attributes = {}) {
  const made = options.map(([value, label]) => h("option", { value, selected: value === chosen }, label));
  return h("select", attributes, ...made);
}

/** An id nobody has yet. */
export function freshId() {
  freshId.last = (freshId.last ?? 0) + 1;
  return `f${freshId.last}`;
}

/** Say something to people who do not see the page, without moving their focus. */
export function announce(text) {
  fill(document.getElementById("announcer"), text);
}

/** Let the browser paint before work that blocks it. */
export function painted() {
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}

/** Hand a file to the person: nothing leaves the page for a server. */
export function download(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

function kept(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}
