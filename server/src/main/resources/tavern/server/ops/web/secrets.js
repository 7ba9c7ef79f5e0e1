// What the server shows only once.
import { h } from './dom.js';

export const secret = (label, ...lines) => [h('div', { class: 'secret' }, h('p', {}, `${label}:`),
  h('pre', { tabindex: '0', 'aria-label': label }, lines.join('\n')))];
