// The game of a room: what operators may see of it.
import { get, path } from './api.js';
import { h, numbers, poll, problemPlace, renew, say, section } from './dom.js';
import { bytes, count, time } from './format.js';
import { playerLink } from './links.js';
import { downloadRecording, may } from './orders.js';
import { pages } from './pages.js';
import { table } from './table.js';

const REFRESH_MILLIS = 2_000;
const ROWS = 50;

// An empty place for who may not see it.
export function gameOf(room, signal) {
  if (!may('see-private')) {
    return h('div');
  }
  const problem = problemPlace();
  const actions = h('div');
  const figures = numbers();
  const scene = h('div');
  const state = h('pre', { class: 'state-text', tabindex: '0', 'aria-label': 'State of the game' });
  poll(REFRESH_MILLIS, signal, problem, async () => {
    const answer = await get(path`rooms/${room}/game`, {}, signal);
    renew(actions, answer.recorded ? downloadRecording(room) : '');
    figures.fill(figuresOf(answer));
    renew(state, JSON.stringify(answer.state, null, 2));
    if (answer.npcs !== undefined && !scene.hasChildNodes()) {
      scene.append(sceneOf(room, signal));
    }
  });
  return h('div', {}, section('Game', problem, figures.list, state, actions), scene);
}

function sceneOf(room, signal) {
  const problem = problemPlace();
  const total = h('p', { class: 'hint' });
  const things = table('NPCs and players', [
    { name: 'Number', look: 'number', cell: ({ entity }) => String(entity) },
    { name: 'Kind', look: 'number', cell: ({ kind }) => (kind === 0 ? 'player' : String(kind)) },
    { name: 'Player', cell: ({ player }) => (player ? playerLink(player) : '–') },
    { name: 'Place', cell: ({ x, y }) => `${Math.round(x / 16)}, ${Math.round(y / 16)}` },
    { name: 'Attributes', cell: ({ attributes }) => attributesOf(attributes) },
  ], 'Nothing is here.');
  const page = pages(() => refresh().catch(() => {}));
  async function refresh() {
    const after = page.after();
    const answer = await get(path`rooms/${room}/scene`, { max: ROWS, after: after || 0 }, signal);
    if (after === page.after()) {
      things.rows(answer.things);
      page.told(answer.next || '');
      say(total, `${count(answer.npcs)} NPCs of at most ${count(answer.npcsMax)}`);
    }
  }
  poll(REFRESH_MILLIS, signal, problem, refresh);
  return section('Scene', problem, total, things.element, page.element);
}

// Those that are 0 are left out, as it is what an attribute is that was never set. They come as texts: a number here has not
// their 64 bits.
const attributesOf = (attributes) => attributes
  .flatMap((value, i) => (value === '0' ? [] : [`${i}: ${value}`]))
  .join(', ') || 'none';

function figuresOf({ type, game, revision, stateBytes, timers, committing, waiting, signals, calls, npcs }) {
  return {
    'Type of the room': type,
    Game: game,
    Revision: count(revision),
    State: bytes(stateBytes),
    'Being committed': count(committing),
    Waiting: count(waiting),
    'Signals under way': count(signals),
    'Calls under way': count(calls),
    Timers: Object.entries(timers).map(([name, dueMillis]) => `${name}: ${time(dueMillis)}`).join(', ') || 'none',
    ...(npcs === undefined ? {} : { NPCs: count(npcs) }),
  };
}
