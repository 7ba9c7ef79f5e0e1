import { chart } from '../charts.js';
import { get } from '../api.js';
import { h, numbers, poll, problemPlace, renew, say, section, title } from '../dom.js';
import { bytes, count, duration, rate, time } from '../format.js';
import { history, onOverview } from '../live.js';
import { republish } from '../orders.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 1_000;
const LETTERS_MAX = 50;

export function show(main, signal) {
  const problem = problemPlace();
  const trouble = problemPlace();
  const broker = numbers();
  const outbox = numbers();
  const again = h('div');
  const depth = chart('Unpublished trades', [['trades', (o) => o.store.outboxRows]], count, signal);
  const confirms = chart('Confirms a second', [['confirmed', (o) => o.feed.confirmsPerSecond]], rate, signal);
  const rows = table('The oldest unpublished trades', [
    { name: 'Number', look: 'number', cell: ({ sequence }) => String(sequence), key: ({ sequence }) => sequence },
    { name: 'Message', cell: ({ messageId }) => messageId, key: ({ messageId }) => messageId },
    { name: 'Routing key', cell: ({ routingKey }) => routingKey, key: ({ routingKey }) => routingKey },
    { name: 'Size', look: 'number', cell: (row) => bytes(row.bytes), key: (row) => row.bytes },
    { name: 'Traded', look: 'tight', cell: ({ atMillis }) => time(atMillis), key: ({ atMillis }) => atMillis },
  ], 'Everything is published.');
  const letters = table('Dead letters', [
    { name: 'Message', cell: ({ messageId }) => messageId, key: ({ messageId }) => messageId },
    { name: 'Routing key', cell: ({ routingKey }) => routingKey, key: ({ routingKey }) => routingKey },
    { name: 'Why', look: 'long', cell: ({ reason }) => reason, key: ({ reason }) => reason },
    { name: 'Size', look: 'number', cell: (row) => bytes(row.bytes), key: (row) => row.bytes },
    { name: 'When', look: 'tight', cell: ({ atMillis }) => (atMillis ? time(atMillis) : '–'), key: ({ atMillis }) => atMillis },
    { name: 'Actions', cell: ({ messageId }) => h('div', { class: 'buttons' }, messageId ? republish(look, messageId) : []) },
  ], 'None, or nobody has looked.');
  main.append(title('Feed', again), problem, trouble,
    h('div', { class: 'pair' }, section('Outbox', outbox.list), section('Broker', broker.list)),
    h('div', { class: 'charts' }, depth.element, confirms.element), letters.element, rows.element);

  async function refresh() {
    const [answer, waiting] = await Promise.all([get('feed', {}, signal), get('outbox', {}, signal)]);
    outbox.fill({
      Unpublished: `${count(answer.outboxRows)} of at most ${count(waiting.rowsMax)}`,
      'Size, about': `${bytes(answer.outboxBytes)} of at most ${bytes(answer.outboxBytesMax)}`,
      'Age of the oldest': waiting.rows ? duration(waiting.oldestMillis / 1_000) : '–',
    });
    broker.fill(brokerOf(answer));
    rows.rows(waiting.first);
    renew(again, answer.deadLetters > 0 ? [lookButton(), republish(look)].flat() : '');
    if (answer.deadLetters === 0) {
      letters.rows([]);
    }
  }

  const lookButton = () => h('button', { type: 'button', 'aria-label': 'Look at the dead letters', onclick: look }, 'Look');

  // Only on request: the broker counts it as a delivery of each letter, and may drop one that was delivered too often.
  async function look() {
    try {
      letters.rows((await get('feed/dead', { max: LETTERS_MAX }, signal)).letters);
      say(trouble, '');
    } catch (failure) {
      if (!signal.aborted) {
        say(trouble, failure.message);
      }
    }
  }

  poll(REFRESH_MILLIS, signal, problem, refresh);
  onOverview(() => {
    depth.draw(history);
    confirms.draw(history);
  }, signal);
}

function brokerOf(feed) {
  if (feed.kind === 'none') {
    return { State: 'trades are not published (feed.kind = none)' };
  }
  return {
    State: stateOf(feed),
    'Confirms a second': rate(feed.confirmsPerSecond),
    'Waiting for their confirm': count(feed.inFlight),
    Confirmed: count(feed.confirmed),
    'Came back: no queue': count(feed.returned),
    'Refused by the broker': count(feed.nacked),
    'Waiting in tavern.trades.ledger': feed.ledgerMessages < 0 ? 'not known' : count(feed.ledgerMessages),
    'Dead letters': feed.deadLetters < 0 ? 'not known' : count(feed.deadLetters),
    ...(feed.problem ? { 'Last problem': feed.problem } : {}),
  };
}

function stateOf({ here, connected, blocked, unrouted }) {
  if (!connected) {
    return here ? 'not connected; trades wait in the outbox' : 'another server publishes';
  }
  if (blocked) {
    return 'blocked: RabbitMQ is short of memory or disk';
  }
  return unrouted ? 'publishes to nobody: no queue is bound' : 'publishes';
}
