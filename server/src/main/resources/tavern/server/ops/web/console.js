// The token lives in this page's memory only: closing the page forgets it.
import { watch, whoAmI } from './api.js';

const element = (id) => document.getElementById(id);

// Text nodes only: what players wrote is never read as HTML.
function pair(name, value) {
  const term = document.createElement('dt');
  const text = document.createElement('dd');
  term.textContent = name;
  text.textContent = value;
  return [term, text];
}

function show(overview) {
  element('degraded').replaceChildren(...overview.degraded.map(({ what, cure }) => {
    const line = document.createElement('li');
    line.textContent = `${what}; ${cure}`;
    return line;
  }));
  element('numbers').replaceChildren(
    ...pair('Players', overview.players),
    ...pair('Rooms', overview.rooms),
    ...pair('Trades a second', overview.tradesPerSecond.toFixed(1)),
    ...pair('Tick p99', `${overview.tick.p99} ms`),
    ...pair('Store', overview.store.available ? 'answers' : 'does not answer'),
  );
}

element('login').addEventListener('submit', async (event) => {
  event.preventDefault();
  const token = element('token').value;
  element('problem').textContent = '';
  try {
    await whoAmI(token);
    element('login').hidden = true;
    element('overview').hidden = false;
    await watch(token, '', { overview: show });
    throw new Error('the server has closed the connection');
  } catch (problem) {
    element('login').hidden = false;
    element('problem').textContent = problem.message;
  }
});
