import { chart } from '../charts.js';
import { get } from '../api.js';
import { h, numbers, poll, problemPlace, section, title } from '../dom.js';
import { bytes, count, duration, rate, time } from '../format.js';
import { history, onOverview } from '../live.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;

export function show(main, signal) {
  const problem = problemPlace();
  const figures = numbers();
  const depth = chart('Unpublished trades', [['trades', (o) => o.store.outboxRows]], count, signal);
  const traded = chart('Trades a second', [['trades', (o) => o.tradesPerSecond]], rate, signal);
  const rows = table('The oldest unpublished trades', [
    { name: 'Number', look: 'number', cell: ({ sequence }) => String(sequence), key: ({ sequence }) => sequence },
    { name: 'Message', cell: ({ messageId }) => messageId, key: ({ messageId }) => messageId },
    { name: 'Routing key', cell: ({ routingKey }) => routingKey, key: ({ routingKey }) => routingKey },
    { name: 'Size', look: 'number', cell: (row) => bytes(row.bytes), key: (row) => row.bytes },
    { name: 'Traded', look: 'tight', cell: ({ atMillis }) => time(atMillis), key: ({ atMillis }) => atMillis },
  ], 'Everything is published.');
  main.append(title('Feed'), problem, section('Outbox', figures.list),
    h('div', { class: 'charts' }, depth.element, traded.element), rows.element);

  poll(REFRESH_MILLIS, signal, problem, async () => {
    const answer = await get('outbox', {}, signal);
    figures.fill({
      Unpublished: `${count(answer.rows)} of at most ${count(answer.rowsMax)}`,
      'Age of the oldest': answer.rows ? duration(answer.oldestMillis / 1_000) : '–',
    });
    rows.rows(answer.first);
  });
  onOverview(() => {
    depth.draw(history);
    traded.draw(history);
  }, signal);
}
