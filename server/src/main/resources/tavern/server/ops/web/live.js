// What the server tells of itself, as events 'overview', 'room' and 'lost'; one connection for the whole page.
import { watch } from './api.js';

const HISTORY_SECONDS = 300;
const RETRY_MILLIS = 2_000;

export const live = new EventTarget();
// The overviews of the last minutes, oldest first.
export const history = [];
let watching;

function tell(name, detail) {
  live.dispatchEvent(new CustomEvent(name, { detail }));
}

function heard(event, data) {
  if (event === 'overview') {
    history.push(data);
    history.splice(0, history.length - HISTORY_SECONDS);
  }
  tell(event, data);
}

async function follow(room, signal) {
  try {
    await watch(room, signal, heard);
    throw new Error('the server has closed the connection');
  } catch (problem) {
    if (!signal.aborted) {
      tell('lost', problem);
      setTimeout(() => signal.aborted || follow(room, signal), RETRY_MILLIS);
    }
  }
}

// A room's name: its events too. The connection before is given up.
export function connect(room = '') {
  disconnect();
  watching = new AbortController();
  follow(room, watching.signal);
}

export function disconnect() {
  watching?.abort();
}

// Calls show with each event until the signal aborts, first with the newest overview there is.
export function onOverview(show, signal) {
  live.addEventListener('overview', (event) => show(event.detail), { signal });
  if (history.length > 0) {
    show(history.at(-1));
  }
}

// What operators have stopped for this room, for this player, or everywhere.
export const freezesOf = (scope, target) => (history.at(-1)?.freezes ?? [])
  .filter((freeze) => freeze.scope === 'EVERYWHERE' || (freeze.scope === scope && freeze.target === target));

export function onRoom(show, signal) {
  live.addEventListener('room', (event) => show(event.detail), { signal });
}
