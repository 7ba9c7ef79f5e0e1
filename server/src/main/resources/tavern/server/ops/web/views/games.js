import { get } from '../api.js';
import { h, poll, problemPlace, title } from '../dom.js';
import { count, millis, rate, time } from '../format.js';
import { reloadGames } from '../orders.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;

const TYPES = [
  { name: 'Type', cell: ({ type }) => type, key: ({ type }) => type },
  { name: 'Game', cell: ({ game }) => game, key: ({ game }) => game },
  { name: 'Rooms', look: 'number', cell: ({ rooms }) => count(rooms), key: ({ rooms }) => rooms },
  figure('Turns/s', ({ perSecond }) => perSecond, rate),
  figure('Refused/s', ({ refusedPerSecond }) => refusedPerSecond, rate),
  figure('Compute', ({ computeMillis }) => computeMillis.p99, millis),
  figure('Commit', ({ commitMillis }) => commitMillis.p99, millis),
  figure('Waiting', ({ waiting }) => waiting, count),
  figure('Again', ({ recomputed }) => recomputed, count),
  figure('Failed', ({ failed }) => failed, count),
  figure('Too long', ({ slow }) => slow, count),
  { name: 'Recorded', cell: ({ recorded }) => (recorded ? 'yes' : 'no'), key: ({ recorded }) => String(recorded) },
];

const GAMES = [
  { name: 'Game', cell: ({ game }) => game, key: ({ game }) => game },
  { name: 'Jar', cell: ({ jar }) => jar, key: ({ jar }) => jar },
  { name: 'Version', cell: ({ version }) => version || '–', key: ({ version }) => version },
  { name: 'Loaded', look: 'tight', cell: ({ loadedMillis }) => time(loadedMillis), key: ({ loadedMillis }) => loadedMillis },
];

function figure(name, of, format) {
  return { name, look: 'number', cell: ({ load }) => (load ? format(of(load)) : '–'), key: ({ load }) => (load ? of(load) : 0) };
}

export function show(main, signal) {
  const problem = problemPlace();
  const types = table('Turns by type of rooms', TYPES, 'No type of rooms has a game.');
  const games = table('Loaded games', GAMES, 'No game is loaded.');
  main.append(title('Games', reloadGames()), problem, types.element,
    h('p', { class: 'hint' }, 'Compute and commit: what 99 of 100 turns take at most, in the last ten seconds. Waiting for the store; computed again, failed and too long since the start.'),
    games.element);
  poll(REFRESH_MILLIS, signal, problem, async () => {
    const answer = await get('games', {}, signal);
    types.rows(answer.types);
    games.rows(answer.games);
  });
}
