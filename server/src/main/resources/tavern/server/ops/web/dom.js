// Elements from data. Texts become text nodes only: what players wrote is never read as HTML.
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (typeof value === 'boolean') {
      element.toggleAttribute(key, value);
    } else {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.flat(Infinity).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

// A screen reader is told of changes only, so nothing is written that is there already.
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export const title = (text, ...beside) => h('div', { class: 'title' }, h('h1', {}, text), ...beside);

export const section = (name, ...children) => h('section', { class: 'card', 'aria-label': name },
  h('h2', {}, name), ...children);

// Numbers under their names; fill({name: text}) writes new ones into the same places.
export function numbers() {
  const list = h('dl', { class: 'numbers' });
  const places = new Map();
  function fill(values) {
    for (const [name, text] of Object.entries(values)) {
      if (!places.has(name)) {
        places.set(name, h('dd'));
        list.append(h('div', {}, h('dt', {}, name), places.get(name)));
      }
      say(places.get(name), String(text));
    }
  }
  return { list, fill };
}

// Asks again and again until the signal aborts; a problem is shown in its place.
export function poll(millis, signal, problem, ask) {
  async function turn() {
    try {
      await ask();
      say(problem, '');
    } catch (failure) {
      if (!signal.aborted) {
        say(problem, failure.message);
      }
    }
    if (!signal.aborted) {
      setTimeout(() => signal.aborted || turn(), millis);
    }
  }
  turn();
}

// Other contents only where they differ: what has the focus may be among them.
export function renew(place, ...contents) {
  const next = [...h('div', {}, contents).childNodes];
  if (next.length !== place.childNodes.length || next.some((node, i) => !node.isEqualNode(place.childNodes[i]))) {
    place.replaceChildren(...next);
  }
}

export const problemPlace = () => h('p', { class: 'problem', role: 'alert' });
