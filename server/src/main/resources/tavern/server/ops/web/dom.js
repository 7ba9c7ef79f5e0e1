// Elements from data. Texts only become text nodes: players' texts are never parsed as HTML.
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

// A screen reader announces changes, so a text that is already there is not written again.
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export const title = (text, ...beside) => h('div', { class: 'title' }, h('h1', {}, text), ...beside);

export const section = (name, ...children) => h('section', { class: 'card', 'aria-label': name },
  h('h2', {}, name), ...children);

// Text written by people: its writing direction must not affect what follows.
export const said = (text) => h('bdi', {}, text);

// Numbers under their names; fill({name: text or nodes}) writes new ones into the same places.
export function numbers() {
  const list = h('dl', { class: 'numbers' });
  const places = new Map();
  function fill(values) {
    for (const [name, text] of Object.entries(values)) {
      if (!places.has(name)) {
        places.set(name, h('dd'));
        list.append(h('div', {}, h('dt', {}, name), places.get(name)));
      }
      renew(places.get(name), text);
    }
  }
  return { list, fill };
}

// Repeats the request until the signal aborts; a problem is shown in place of the answer.
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

// The control itself, or its counterpart after a redraw: with the same name, or for the same command.
export function findAgain(place, control) {
  if (control.isConnected) {
    return control;
  }
  const all = [...place.querySelectorAll('a, button')];
  return all.find((each) => nameOf(each) && nameOf(each) === nameOf(control))
    ?? all.find((each) => each.dataset.order && each.dataset.order === control.dataset.order);
}

const nameOf = (control) => control.getAttribute('aria-label') ?? control.getAttribute('href');

// Replaces contents only where they differ. The focus stays, or moves to the counterpart of the focused control.
export function renew(place, ...contents) {
  const next = [...h('div', {}, contents).childNodes];
  if (next.length !== place.childNodes.length || next.some((node, i) => !node.isEqualNode(place.childNodes[i]))) {
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    place.replaceChildren(...next);
    if (focused) {
      findAgain(place, focused)?.focus();
    }
  }
}

export const problemPlace = () => h('p', { class: 'problem', role: 'alert' });
