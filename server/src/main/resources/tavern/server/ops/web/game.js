// The game of a room: what operators may see of it.
import { get, path } from './api.js';
import { h, numbers, poll, problemPlace, renew, section } from './dom.js';
import { bytes, count, time } from './format.js';
import { downloadRecording, may } from './orders.js';

const REFRESH_MILLIS = 2_000;

// An empty place for who may not see it.
export function gameOf(room, signal) {
  if (!may('see-private')) {
    return h('div');
  }
  const problem = problemPlace();
  const actions = h('div');
  const figures = numbers();
  const state = h('pre', { class: 'state-text', tabindex: '0', 'aria-label': 'State of the game' });
  poll(REFRESH_MILLIS, signal, problem, async () => {
    const answer = await get(path`rooms/${room}/game`, {}, signal);
    renew(actions, answer.recorded ? downloadRecording(room) : '');
    figures.fill(figuresOf(answer));
    renew(state, JSON.stringify(answer.state, null, 2));
  });
  return section('Game', problem, figures.list, state, actions);
}

function figuresOf({ type, game, revision, stateBytes, timers, committing, waiting, signals, calls }) {
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
  };
}
