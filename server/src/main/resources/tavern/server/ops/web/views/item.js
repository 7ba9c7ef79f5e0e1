import { get, path } from '../api.js';
import { h, poll, problemPlace, renew, title } from '../dom.js';
import { time } from '../format.js';
import { playerLink, tradeLink } from '../links.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;
const HOW = { GRANT: 'granted', TRADE: 'traded', REVOKE: 'taken back', TRANSFER: 'moved' };

const nameOf = (player) => (player === undefined ? '' : player ? playerLink(player) : 'nowhere');

// From the grant that created it to its current owner.
export function show(main, signal, item) {
  const problem = problemPlace();
  const owner = h('p', { class: 'owner' });
  const lineage = table('Lineage, from its grant on', [
    { name: 'When', look: 'tight', cell: ({ atMillis, omitted }) => (omitted ? `… ${omitted} steps …` : time(atMillis)) },
    { name: 'How', cell: ({ how }) => HOW[how] ?? how?.toLowerCase() ?? '' },
    { name: 'From', cell: ({ from }) => nameOf(from) },
    { name: 'To', cell: ({ to }) => nameOf(to) },
    { name: 'Reference', look: 'long', cell: ({ how, reference }) => (how === 'TRADE' ? tradeLink(reference) : reference || '–') },
    { name: 'Entry', look: 'number', cell: ({ entry }) => String(entry ?? '') },
  ], 'Nothing is known of it.');
  const trades = h('a', { href: `#/trades?${new URLSearchParams({ item })}` }, 'Its trades');
  main.append(title(`Item ${item}`, trades), problem, owner, lineage.element);

  poll(REFRESH_MILLIS, signal, problem, async () => {
    const answer = await get(path`items/${item}`, {}, signal);
    renew(owner, answer.kind ? `A ${answer.kind}, ` : '',
      answer.owner ? ['owned by ', playerLink(answer.owner), ' now.'] : 'owned by nobody now.');
    const [first, ...others] = answer.lineage;
    lineage.rows(answer.omitted ? [first, { omitted: answer.omitted }, ...others] : answer.lineage);
  });
}
