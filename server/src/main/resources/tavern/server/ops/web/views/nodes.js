import { get } from '../api.js';
import { h, numbers, poll, problemPlace, title } from '../dom.js';
import { count } from '../format.js';
import { drain } from '../orders.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;

export function show(main, signal) {
  const problem = problemPlace();
  const cards = new Map();
  main.append(title('Nodes'), problem);

  poll(REFRESH_MILLIS, signal, problem, async () => {
    for (const node of (await get('nodes', {}, signal)).nodes) {
      if (!cards.has(node.node)) {
        cards.set(node.node, card(node));
        main.append(cards.get(node.node).element);
      }
      cards.get(node.node).fill(node);
    }
  });
}

function card({ node, self }) {
  const figures = numbers();
  const leases = table('Leases', [
    { name: 'Lease', cell: ({ lease }) => lease, key: ({ lease }) => lease },
    { name: 'Fence', look: 'number', cell: ({ fence }) => String(fence), key: ({ fence }) => fence },
    { name: 'State', cell: ({ state }) => state.toLowerCase(), key: ({ state }) => state },
  ], 'No leases.');
  const actions = h('div', { class: 'buttons' }, self ? drain() : []);
  const element = h('section', { class: 'card', 'aria-label': `Node ${node}` },
    h('div', { class: 'title' }, h('h2', {}, node), actions), figures.list, leases.element);

  function fill({ address, draining, players, rooms, leases: rows }) {
    actions.hidden = draining;
    figures.fill({ State: draining ? 'drains' : 'takes players', Address: address, Players: count(players), Rooms: count(rooms) });
    leases.rows(rows);
  }

  return { element, fill };
}
