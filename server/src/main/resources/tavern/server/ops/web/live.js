// The server's events 'overview', 'room' and 'lost'; one connection for the whole page.
import { watch } from './api.js';

const HISTORY_SECONDS = 300;
const RETRY_MILLIS = 2_000;
// An overview arrives once a second. A connection without one for this long is dead, whatever the network says.
const SILENCE_MILLIS = 5_000;

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
  const attempt = new AbortController();
  signal.addEventListener('abort', () => attempt.abort(), { once: true });
  const giveUp = () => attempt.abort(new Error('nothing was heard of the server'));
  let silence = setTimeout(giveUp, SILENCE_MILLIS);
  try {
    await watch(room, attempt.signal, (event, data) => {
      clearTimeout(silence);
      silence = setTimeout(giveUp, SILENCE_MILLIS);
      heard(event, data);
    });
    throw new Error('the server has closed the connection');
  } catch (problem) {
    if (!signal.aborted) {
      tell('lost', problem);
      setTimeout(() => signal.aborted || follow(room, signal), RETRY_MILLIS);
    }
  } finally {
    clearTimeout(silence);
  }
}

// With a room's name, subscribes to its events too. Replaces the previous connection.
export function connect(room = '') {
  disconnect();
  watching = new AbortController();
  follow(room, watching.signal);
}

export function disconnect() {
  watching?.abort();
}

// Calls show with each event until the signal aborts, beginning with the newest overview.
export function onOverview(show, signal) {
  live.addEventListener('overview', (event) => show(event.detail), { signal });
  if (history.length > 0) {
    show(history.at(-1));
  }
}

// The freezes that apply to this room, to this player, or everywhere.
export const freezesOf = (scope, target) => (history.at(-1)?.freezes ?? [])
  .filter((freeze) => freeze.scope === 'EVERYWHERE' || (freeze.scope === scope && freeze.target === target));

export function onRoom(show, signal) {
  live.addEventListener('room', (event) => show(event.detail), { signal });
}
