import { get, path } from '../api.js';
import { h, poll, problemPlace, renew, title } from '../dom.js';
import { time } from '../format.js';
import { playerLink, tradeLink } from '../links.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;
const HOW = { GRANT: 'granted', TRADE: 'traded', REVOKE: 'taken back' };

// From the grant that made it to its owner now.
export function show(main, signal, item) {
  const problem = problemPlace();
  const owner = h('p', { class: 'owner' });
  const lineage = table('Lineage, from its grant on', [
    { name: 'When', look: 'tight', cell: ({ atMillis }) => time(atMillis) },
    { name: 'How', cell: ({ how }) => HOW[how] ?? how.toLowerCase() },
    { name: 'From', cell: ({ from }) => (from ? playerLink(from) : 'nowhere') },
    { name: 'To', cell: ({ to }) => (to ? playerLink(to) : 'nowhere') },
    { name: 'Reference', look: 'long', cell: ({ how, reference }) => (how === 'TRADE' ? tradeLink(reference) : reference || '–') },
    { name: 'Entry', look: 'number', cell: ({ entry }) => String(entry) },
  ], 'Nothing is known of it.');
  const trades = h('a', { href: `#/trades?${new URLSearchParams({ item })}` }, 'Its trades');
  main.append(title(`Item ${item}`, trades), problem, owner, lineage.element);

  poll(REFRESH_MILLIS, signal, problem, async () => {
    const answer = await get(path`items/${item}`, {}, signal);
    renew(owner, answer.kind ? `A ${answer.kind}, ` : '',
      answer.owner ? ['owned by ', playerLink(answer.owner), ' now.'] : 'owned by nobody now.');
    lineage.rows(answer.lineage);
  });
}
