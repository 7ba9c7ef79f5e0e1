// What dialogs ask for: {element, read() → what goes into the order's body}.
import { h } from './dom.js';

function field(name, label, input, hint, read) {
  const id = `field-${name}`;
  input.id = id;
  const parts = [h('label', { for: id }, label), input];
  if (hint) {
    input.setAttribute('aria-describedby', `${id}-hint`);
    parts.push(h('p', { class: 'hint', id: `${id}-hint` }, hint));
  }
  return { element: h('div', { class: 'field' }, parts), input, read };
}

export function text(name, label, value = '', hint = '') {
  const input = h('input', { required: true, maxlength: 500, autocomplete: 'off', value });
  return field(name, label, input, hint, () => ({ [name]: input.value }));
}

// options: {value: label}.
export function choice(name, label, options) {
  const input = h('select', {}, Object.entries(options).map(([value, shown]) => h('option', { value }, shown)));
  return field(name, label, input, '', () => ({ [name]: input.value }));
}

export function howLong() {
  const lengths = { 600: '10 minutes', 3600: '1 hour', 86400: '1 day', 604800: '7 days', 2592000: '30 days', 0: 'for ever' };
  const { element, input } = choice('seconds', 'For how long', lengths);
  return { element, read: () => (input.value === '0' ? {} : { seconds: Number(input.value) }) };
}

// The freeze's scope, with a target unless it is everywhere.
export function scope() {
  const where = choice('scope', 'For whom', { everywhere: 'everywhere', room: 'one room', player: 'one player' });
  const target = text('target', 'Name of the room or player');
  const show = () => {
    target.element.hidden = where.input.value === 'everywhere';
    target.input.required = !target.element.hidden;
  };
  where.input.addEventListener('change', show);
  show();
  return {
    element: h('div', {}, where.element, target.element),
    read: () => ({ ...where.read(), ...(target.element.hidden ? {} : target.read()) }),
  };
}

// "gold 50" a line. Amounts stay texts: the server reads more digits than a browser does.
export function stacks() {
  const input = h('textarea', { rows: 3, placeholder: 'gold 50', spellcheck: 'false' });
  return field('stacks', 'Stacks', input, 'A kind and a count on each line.', () => {
    const lines = input.value.split('\n').map((line) => line.trim()).filter(Boolean);
    return { stacks: Object.fromEntries(lines.map(pair)) };
  });
}

function pair(line) {
  const parts = line.split(/[\s:=]+/);
  if (parts.length !== 2) {
    throw new Error(`"${line}" is not a kind and a count`);
  }
  return parts;
}

export function items(label, hint) {
  const input = h('input', { autocomplete: 'off', spellcheck: 'false' });
  return field('items', label, input, hint, () => ({ items: input.value.split(/[\s,]+/).filter(Boolean) }));
}

// Made when the dialog opens: sending it twice changes goods once.
export function key() {
  const made = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { element: h('p', { class: 'hint' }, 'Sent again after an error, this changes goods only once.'), read: () => ({ key: made }) };
}
