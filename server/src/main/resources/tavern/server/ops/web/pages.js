// Buttons for a list that the server sorts, filters and cuts into pages: {element, after() → where the page begins, told(next), first()}.
import { h } from './dom.js';

export function pages(refresh) {
  let at = '';
  let following = '';
  const go = (to) => {
    at = to;
    refresh();
  };
  const first = h('button', { type: 'button', disabled: true, onclick: () => go('') }, 'First page');
  const next = h('button', { type: 'button', disabled: true, onclick: () => go(following) }, 'Next page');
  const element = h('div', { class: 'buttons' }, first, next);

  function told(after) {
    following = after;
    first.disabled = at === '';
    next.disabled = after === '';
  }

  return { element, after: () => at, told, first: () => { at = ''; } };
}
