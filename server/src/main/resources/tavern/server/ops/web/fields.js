// Fields of dialogs: {element, read() → part of the command's body}.
import { h } from './dom.js';

const KINDS_SHOWN = 20;

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

export function number(name, label, min, max) {
  const input = h('input', { type: 'number', required: true, min, max, step: 1, autocomplete: 'off' });
  return field(name, label, input, '', () => ({ [name]: Number(input.value) }));
}

export function password(name, label, complete = 'current-password', hint = '') {
  const input = h('input', { type: 'password', required: !hint, maxlength: 128, autocomplete: complete });
  return field(name, label, input, hint, () => (input.value ? { [name]: input.value } : {}));
}

// Some of the options, each a text.
export function some(name, label, options, chosen = []) {
  const inputs = options.map((value) => h('input', { type: 'checkbox', value, checked: chosen.includes(value) }));
  const element = h('fieldset', { class: 'field' }, h('legend', {}, label),
    inputs.map((input) => h('label', { class: 'check' }, input, ' ', input.value)));
  return { element, read: () => ({ [name]: inputs.filter(({ checked }) => checked).map(({ value }) => value) }) };
}

export function validFor(label, options = [
  ['forever', 'for ever'], ['604800', '7 days'], ['2592000', '30 days'], ['7776000', '90 days'], ['31536000', '1 year'],
]) {
  const { element, input } = choice('seconds', label, options);
  return { element, read: () => (input.value === 'forever' ? { forever: true } : { seconds: Number(input.value) }) };
}

// The message shown to the player; may be left empty.
export function message() {
  const input = h('input', { maxlength: 500, autocomplete: 'off' });
  return field('message', 'Message to the player', input, 'May be left empty. The reason below is not told.',
    () => (input.value.trim() ? { message: input.value } : {}));
}

// options: [[value, label]], the first one preselected. Not an object: its keys that are whole numbers would come
// first.
export function choice(name, label, options) {
  const input = h('select', {}, options.map(([value, shown]) => h('option', { value }, shown)));
  return field(name, label, input, '', () => ({ [name]: input.value }));
}

export function choiceNumber(name, label, options) {
  const { element, input } = choice(name, label, options);
  return { element, read: () => ({ [name]: Number(input.value) }) };
}

export function howLong() {
  const { element, input } = choice('seconds', 'For how long', [
    ['600', '10 minutes'], ['3600', '1 hour'], ['86400', '1 day'], ['604800', '7 days'], ['2592000', '30 days'],
    ['forever', 'for ever'],
  ]);
  return { element, read: () => (input.value === 'forever' ? { forever: true } : { seconds: Number(input.value) }) };
}

// A misspelt name is refused unless this confirms it.
export function create(label) {
  const input = h('input', { type: 'checkbox' });
  return field('create', label, input, '', () => (input.checked ? { create: true } : {}));
}

// The freeze's scope, with a target unless it applies everywhere.
export function scope() {
  const where = choice('scope', 'For whom', [['everywhere', 'everywhere'], ['room', 'one room'], ['player', 'one player']]);
  const target = text('target', 'Name of the room or player');
  const isNew = create('Also if there never was one of this name');
  const show = () => {
    target.element.hidden = where.input.value === 'everywhere';
    target.input.required = !target.element.hidden;
    isNew.element.hidden = target.element.hidden;
  };
  where.input.addEventListener('change', show);
  show();
  return {
    element: h('div', {}, where.element, target.element, isNew.element),
    read: () => ({ ...where.read(), ...(target.element.hidden ? {} : { ...target.read(), ...isNew.read() }) }),
  };
}

// One "gold 50" for each line. Amounts stay texts: the server reads more digits than a browser does.
export function stacks(kinds = []) {
  const input = h('textarea', { rows: 3, placeholder: 'gold 50', spellcheck: 'false' });
  return field('stacks', 'Stacks', input, `A kind and a count on each line.${known(kinds)}`, () => {
    const lines = input.value.split('\n').map((line) => line.trim()).filter(Boolean);
    return { stacks: Object.fromEntries(lines.map(pair)) };
  });
}

const known = (kinds) => (kinds.length > 0 ? ` There are: ${kinds.slice(0, KINDS_SHOWN).join(', ')}${kinds.length > KINDS_SHOWN ? ', …' : ''}.` : '');

function pair(line) {
  const parts = line.split(/[\s:=]+/);
  if (parts.length !== 2) {
    throw new Error(`"${line}" is not a kind and a count`);
  }
  return parts;
}

export function items(label, hint, kinds = []) {
  const input = h('input', { autocomplete: 'off', spellcheck: 'false' });
  return field('items', label, input, `${hint}${known(kinds)}`, () => ({ items: input.value.split(/[\s,]+/).filter(Boolean) }));
}

// Made when the dialog opens, so that sending the command twice changes goods once.
export function key() {
  const made = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { element: h('p', { class: 'hint' }, 'Sent again after an error, this changes goods only once.'), read: () => ({ key: made }) };
}
