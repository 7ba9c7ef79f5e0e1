import { chart } from '../charts.js';
import { h, numbers, said, section, title } from '../dom.js';
import { bytes, count, duration, millis, rate } from '../format.js';
import { history, onOverview } from '../live.js';
import { announce } from '../orders.js';
import { table } from '../table.js';

const LATELY_MILLIS = 60_000;
const TOTALS = {
  logins: 'Logins', loginsRefused: 'Logins refused', tradesCommitted: 'Trades', busy: 'Answered busy: mailbox full',
  rateLimited: 'Told to slow down', movesDropped: 'Moves dropped', movesRejected: 'Moves rejected',
  snapshotsSkipped: 'Snapshots skipped for slow readers', slowConsumers: 'Slow readers sent away',
  connectionsRefused: 'Connections refused', failures: 'Failures in rooms',
};
// Lines of the chart; each kind of message belongs to one.
const GROUPS = {
  moves: (kind) => kind === 'move',
  chat: (kind) => kind === 'chat' || kind === 'whisper',
  trades: (kind) => kind.startsWith('trade'),
  others: (kind) => !['moves', 'chat', 'trades'].some((group) => GROUPS[group](kind)),
};
const sum = (rates, of = () => true) => Object.entries(rates).reduce((all, [kind, one]) => all + (of(kind) ? one : 0), 0);

export function show(main, signal) {
  const degraded = h('div', { 'aria-live': 'polite' });
  const parts = { Play: numbers(), Time: numbers(), 'Store and feed': numbers(), 'Network and process': numbers() };
  const kinds = numbers();
  const totals = table('Refused, slow and done', [
    { name: 'What', cell: ([name]) => TOTALS[name] ?? name },
    { name: 'Last minute', look: 'number', cell: ([name]) => count(lately(name)), key: ([name]) => lately(name) },
    { name: 'Since the start', look: 'number', cell: ([, total]) => count(total), key: ([, total]) => total },
  ], '');
  const charts = [
    chart('Actions a second', Object.entries(GROUPS).map(([name, of]) => [name, (o) => sum(o.actionsPerSecond, of)]), rate, signal),
    chart('Players', [['players', (o) => o.players]], count, signal),
    chart('Trades a second', [['trades', (o) => o.tradesPerSecond]], rate, signal),
    chart('Time, p99', [['tick', (o) => o.tick.p99], ['action', (o) => o.action.p99], ['wait', (o) => o.turnWait.p99]], millis, signal),
    chart('Network, a second', [['out', (o) => o.bytesOutPerSecond], ['in', (o) => o.bytesInPerSecond]], bytes, signal),
    chart('Unpublished trades', [['trades', (o) => o.store.outboxRows]], count, signal),
  ];
  main.append(title('Overview', announce()), degraded,
    h('div', { class: 'four' }, Object.entries(parts).map(([name, { list }]) => section(name, list))),
    h('div', { class: 'charts' }, charts.map(({ element }) => element)),
    h('div', { class: 'pair' }, section('Messages a second, by kind', kinds.list), totals.element));

  onOverview((overview) => {
    showDegraded(degraded, overview.degraded);
    Object.entries(figures(overview)).forEach(([name, values]) => parts[name].fill(values));
    kinds.fill(byKind(overview));
    totals.rows(Object.entries(overview.totals).filter(([name]) => TOTALS[name]));
    charts.forEach(({ draw }) => draw(history));
  }, signal);
}

// For counters since the start: the increase in the last minute that the page has seen, and since a restart.
function lately(name) {
  const newest = history.at(-1);
  const seconds = Math.min(LATELY_MILLIS, newest.uptimeSeconds * 1_000);
  const before = history.find(({ atMillis }) => atMillis >= newest.atMillis - seconds);
  return newest.totals[name] - (before.totals[name] ?? 0);
}

// Kinds that nobody sends at the moment are shown as 0, so that rows do not move.
function byKind({ actionsPerSecond }) {
  const seen = history.flatMap((overview) => Object.keys(overview.actionsPerSecond));
  const names = [...new Set(seen)].sort();
  return Object.fromEntries(names.map((name) => [name.replaceAll('_', ' '), rate(actionsPerSecond[name] ?? 0)]));
}

let told;

// Updated only when it has changed, because a screen reader announces it each time.
function showDegraded(place, degraded) {
  const text = JSON.stringify(degraded);
  if (text === told && place.hasChildNodes() === degraded.length > 0) {
    return;
  }
  told = text;
  place.replaceChildren(...(degraded.length === 0 ? [] : [
    h('section', { class: 'card alarm', 'aria-label': 'Degraded' }, h('ul', {},
      degraded.map(({ what, cure }) => h('li', {}, h('strong', {}, said(what)), h('span', {}, cure))))),
  ]));
}

function figures(overview) {
  const { store, feed, tick, tickLate, action, turnWait } = overview;
  const both = ({ p50, p99 }) => `${rate(p50)} / ${millis(p99)}`;
  return {
    Play: {
      Players: count(overview.players),
      Connections: count(overview.connections),
      Rooms: count(overview.rooms),
      Frozen: overview.freezes.length > 0 ? count(overview.freezes.length) : 'nothing',
      'Actions a second': rate(sum(overview.actionsPerSecond)),
      'Trades a second': rate(overview.tradesPerSecond),
    },
    Time: {
      'Tick p50 / p99': both(tick),
      'Action p50 / p99': both(action),
      'Wait p50 / p99': both(turnWait),
      'Ticks late p50 / p99': both(tickLate),
    },
    'Store and feed': {
      [STORES[store.kind] ?? 'Store']: store.available ? 'answers' : 'does not answer',
      'Asked of the store': count(store.inFlight),
      'Cache hit rate': hitRate(overview.totals),
      [feed.kind === 'rabbitmq' ? 'RabbitMQ' : 'Feed']: feedState(feed),
      'Unpublished trades': count(store.outboxRows),
      'Confirms a second': rate(feed.confirmsPerSecond),
    },
    'Network and process': {
      'Out a second': bytes(overview.bytesOutPerSecond),
      'In a second': bytes(overview.bytesInPerSecond),
      Heap: `${count(100 * overview.heapBytesUsed / overview.heapBytesMax)} % of ${bytes(overview.heapBytesMax)}`,
      Node: overview.draining ? `${overview.node}, drains` : overview.node,
      Version: overview.version,
      Up: duration(overview.uptimeSeconds),
    },
  };
}

const STORES = { embedded: 'Store (embedded)', redis: 'Redis' };

function feedState({ kind, here, connected, blocked }) {
  if (kind === 'none') {
    return 'none';
  }
  if (!connected) {
    return here ? 'not connected' : 'another server publishes';
  }
  return blocked ? 'blocked' : 'publishes';
}

// For the last minute; since the start if there were no requests lately.
function hitRate({ cacheHits, cacheMisses }) {
  const hits = lately('cacheHits');
  const misses = lately('cacheMisses');
  const [hit, all] = hits + misses > 0 ? [hits, hits + misses] : [cacheHits, cacheHits + cacheMisses];
  return all > 0 ? `${rate(100 * hit / all)} %` : '–';
}
