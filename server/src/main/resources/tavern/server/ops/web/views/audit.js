import { get } from '../api.js';
import { h, problemPlace, said, say, title } from '../dom.js';
import { count, time } from '../format.js';
import { table } from '../table.js';

const PAGE = 50;

export function show(main, signal) {
  const problem = problemPlace();
  const newest = h('p', { class: 'hint' });
  const entries = table('What operators did, newest first', [
    { name: 'Entry', look: 'number', cell: ({ seq }) => String(seq) },
    { name: 'When', look: 'tight', cell: ({ atMillis }) => time(atMillis) },
    { name: 'Operator', cell: ({ operator }) => operator },
    { name: 'From', cell: ({ address }) => address },
    { name: 'Action', cell: ({ action }) => action },
    { name: 'Target', cell: ({ target }) => (target ? said(target) : '–') },
    { name: 'Reason', look: 'long', cell: ({ reason }) => said(reason) },
    { name: 'Result', look: 'long', cell: ({ words, state }) => said(state === 'BEGUN' ? `outcome not known yet: ${words}` : words) },
    { name: 'Hash', cell: ({ hash }) => h('code', { title: hash }, hash.slice(0, 12)) },
  ], 'Nothing has been done yet.');
  const older = h('button', { type: 'button', onclick: () => load(first - 1 - PAGE) }, 'Older');
  const latest = h('button', { type: 'button', onclick: () => load() }, 'Newest');
  // Commands whose end was seen: their outcome is shown there, so their beginning needs no row of its own.
  const ended = new Set();
  let first = 1;
  main.append(title('Audit log', h('div', { class: 'buttons' }, latest, older)), problem, newest, entries.element);

  async function load(after) {
    try {
      const query = after === undefined ? { max: PAGE } : { after: Math.max(0, after), max: Math.min(PAGE, first - 1) };
      const answer = await get('audit', query, signal);
      first = answer.entries[0]?.seq ?? 1;
      older.disabled = first <= 1;
      answer.entries.forEach(({ of }) => ended.add(of));
      entries.rows(answer.entries.filter(({ seq }) => !ended.has(seq)).reverse());
      say(newest, `${count(answer.newest)} ${answer.newest === 1 ? 'entry' : 'entries'}; the newest has the hash ${answer.newestHash}`);
      say(problem, '');
    } catch (failure) {
      if (!signal.aborted) {
        say(problem, failure.message);
      }
    }
  }

  load();
}
