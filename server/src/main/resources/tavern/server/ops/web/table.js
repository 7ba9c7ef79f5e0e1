import { findAgain, h } from './dom.js';

// Columns: {name, cell(row) → text or nodes, key(row) → what to sort by, look: 'number' for figures, 'tight' for one line}.
// rows(list) shows other rows in the chosen order. Roles are set explicitly because narrow windows stack the cells
// (parts.css), and what is not laid out as a table would no longer be read out as one.
export function table(caption, columns, empty) {
  let shown = [];
  let sorted = null;
  let down = false;
  const body = h('tbody', { role: 'rowgroup' });
  const heads = columns.map((column) => head(column));
  const element = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', { role: 'table' }, h('caption', {}, caption),
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, heads)), body));

  function head(column) {
    const looks = { scope: 'col', role: 'columnheader', class: column.look ?? '' };
    return column.key
      ? h('th', looks, h('button', { class: 'sort', type: 'button', onclick: () => sortBy(column) }, column.name))
      : h('th', looks, column.name);
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
    const lines = list.map((row) => h('tr', { role: 'row' }, columns.map((column, i) => cellOf(column, i, row))));
    write(lines.length > 0 ? lines : [h('tr', { role: 'row' },
      h('td', { role: 'cell', colspan: columns.length, class: 'empty' }, empty))]);
  }

  function cellOf(column, i, row) {
    const looks = { class: column.look ?? '', 'data-label': column.name };
    return i === 0
      ? h('th', { ...looks, scope: 'row', role: 'rowheader' }, column.cell(row))
      : h('td', { ...looks, role: 'cell' }, column.cell(row));
  }

  // Cells with the same content are kept, and with them the focus, the selected text, and a click that is in progress.
  function write(lines) {
    lines.forEach((line, i) => {
      const old = body.rows[i];
      if (!old) {
        body.append(line);
      } else if (old.cells.length !== line.cells.length) {
        old.replaceWith(line);
      } else {
        [...line.cells].forEach((cell, at) => {
          if (!old.cells[at].isEqualNode(cell)) {
            old.cells[at].replaceWith(cell);
          }
        });
      }
    });
    while (body.rows.length > lines.length) {
      body.lastChild.remove();
    }
  }

  function rows(list) {
    const focused = body.contains(document.activeElement) ? document.activeElement : null;
    shown = list;
    draw();
    if (focused && !body.contains(document.activeElement)) {
      findAgain(body, focused)?.focus();
    }
  }

  return { element, rows };
}

function compare(a, b) {
  return typeof a === 'string' ? a.localeCompare(b, 'en', { numeric: true }) : Number(a) - Number(b);
}
