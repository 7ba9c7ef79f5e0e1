import { chart } from '../charts.js';
import { h, numbers, section, title } from '../dom.js';
import { bytes, count, duration, millis, rate } from '../format.js';
import { history, onOverview } from '../live.js';
import { announce } from '../orders.js';

const sum = (rates) => Object.values(rates).reduce((all, one) => all + one, 0);
const TOTALS = {
  logins: 'Logins', loginsRefused: 'Logins refused', tradesCommitted: 'Trades', busy: 'Answered busy: mailbox full',
  rateLimited: 'Told to slow down', movesDropped: 'Moves dropped', movesRejected: 'Moves rejected',
  snapshotsSkipped: 'Snapshots skipped for slow readers', slowConsumers: 'Slow readers sent away',
  connectionsRefused: 'Connections refused', failures: 'Failures in rooms',
};

export function show(main, signal) {
  const degraded = h('div', { 'aria-live': 'polite' });
  const now = numbers();
  const kinds = numbers();
  const since = numbers();
  const charts = [
    chart('Players', [['players', (o) => o.players]], count, signal),
    chart('A second', [['actions', (o) => sum(o.actionsPerSecond)], ['trades', (o) => o.tradesPerSecond]], rate, signal),
    chart('Time, p99', [['tick', (o) => o.tick.p99], ['action', (o) => o.action.p99], ['wait', (o) => o.turnWait.p99]], millis, signal),
    chart('Network, a second', [['out', (o) => o.bytesOutPerSecond], ['in', (o) => o.bytesInPerSecond]], bytes, signal),
  ];
  main.append(title('Overview', announce()), degraded, h('section', { class: 'card', 'aria-label': 'Now' }, now.list),
    h('div', { class: 'charts' }, charts.map(({ element }) => element)),
    h('div', { class: 'pair' },
      section('Messages a second, by kind', kinds.list), section('Since the start', since.list)));

  onOverview((overview) => {
    showDegraded(degraded, overview.degraded);
    now.fill(figures(overview));
    kinds.fill(byKind(overview));
    since.fill(Object.fromEntries(Object.entries(overview.totals)
      .map(([name, total]) => [TOTALS[name] ?? name, count(total)])));
    charts.forEach(({ draw }) => draw(history));
  }, signal);
}

// Kinds that nobody sends just now stand at 0, so that nothing jumps about.
function byKind({ actionsPerSecond }) {
  const seen = history.flatMap((overview) => Object.keys(overview.actionsPerSecond));
  const names = [...new Set(seen)].sort();
  return Object.fromEntries(names.map((name) => [name.toLowerCase(), rate(actionsPerSecond[name] ?? 0)]));
}

let told;

// Written anew only when it has changed: a screen reader says it again each time.
function showDegraded(place, degraded) {
  const text = JSON.stringify(degraded);
  if (text === told && place.hasChildNodes() === degraded.length > 0) {
    return;
  }
  told = text;
  place.replaceChildren(...(degraded.length === 0 ? [] : [
    h('section', { class: 'card alarm', 'aria-label': 'Degraded' }, h('ul', {},
      degraded.map(({ what, cure }) => h('li', {}, h('strong', {}, what), h('span', {}, cure))))),
  ]));
}

function figures(overview) {
  const { store } = overview;
  return {
    Players: count(overview.players),
    Rooms: count(overview.rooms),
    Connections: count(overview.connections),
    'Actions a second': rate(sum(overview.actionsPerSecond)),
    'Trades a second': rate(overview.tradesPerSecond),
    'Tick p50 / p99': `${rate(overview.tick.p50)} / ${millis(overview.tick.p99)}`,
    'Tick late p99': millis(overview.tickLate.p99),
    'Action p50 / p99': `${rate(overview.action.p50)} / ${millis(overview.action.p99)}`,
    'Wait p50 / p99': `${rate(overview.turnWait.p50)} / ${millis(overview.turnWait.p99)}`,
    Out: `${bytes(overview.bytesOutPerSecond)}/s`,
    In: `${bytes(overview.bytesInPerSecond)}/s`,
    Store: store.available ? 'answers' : 'does not answer',
    'Asked of the store': count(store.inFlight),
    'Unpublished trades': count(store.outboxRows),
    Heap: `${count(100 * overview.heapBytesUsed / overview.heapBytesMax)} % of ${bytes(overview.heapBytesMax)}`,
    Up: duration(overview.uptimeSeconds),
    Version: overview.version,
  };
}
