import { h } from './dom.js';

// Columns: {name, cell(row) → text or node, key(row) → what to sort by, look: 'number' for figures, 'tight' for one line}.
// rows(list) shows other rows in the order that was chosen.
export function table(caption, columns, empty) {
  let shown = [];
  let sorted = null;
  let down = false;
  const body = h('tbody');
  const heads = columns.map((column) => head(column));
  const element = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', {}, h('caption', {}, caption), h('thead', {}, h('tr', {}, heads)), body));

  function head(column) {
    const place = column.look ?? '';
    if (!column.key) {
      return h('th', { scope: 'col', class: place }, column.name);
    }
    return h('th', { scope: 'col', class: place },
      h('button', { class: 'sort', type: 'button', onclick: () => sortBy(column) }, column.name));
  }

  function sortBy(column) {
    down = sorted === column ? !down : column.look === 'number';
    sorted = column;
    heads.forEach((cell, i) => {
      if (columns[i] === column) {
        cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      } else {
        cell.removeAttribute('aria-sort');
      }
    });
    draw();
  }

  function draw() {
    const list = [...shown];
    if (sorted) {
      list.sort((a, b) => compare(sorted.key(a), sorted.key(b)) * (down ? -1 : 1));
    }
    const lines = list.map((row) => h('tr', {}, columns.map((column) => (
      h('td', { class: column.look ?? '' }, column.cell(row))))));
    body.replaceChildren(...(lines.length > 0 ? lines
      : [h('tr', {}, h('td', { colspan: columns.length, class: 'empty' }, empty))]));
  }

  function rows(list) {
    const focused = body.contains(document.activeElement) ? nameOf(document.activeElement) : null;
    shown = list;
    draw();
    if (focused) {
      [...body.querySelectorAll('a, button')].find((control) => nameOf(control) === focused)?.focus();
    }
  }

  return { element, rows };
}

// The same control before and after a redraw.
const nameOf = (control) => control.getAttribute('aria-label') ?? control.getAttribute('href');

function compare(a, b) {
  return typeof a === 'string' ? a.localeCompare(b, 'en', { numeric: true }) : Number(a) - Number(b);
}
