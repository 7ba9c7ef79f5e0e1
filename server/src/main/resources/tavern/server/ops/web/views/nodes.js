import { get } from '../api.js';
import { h, numbers, poll, problemPlace, say, title } from '../dom.js';
import { bytes, count, duration, rate, time } from '../format.js';
import { roomLink } from '../links.js';
import { canaryShare, drain, endCanary, undoDrain } from '../orders.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 1_000;
const ROOM = 'room:';

const percent = (share) => `${count(100 * share)} %`;

const COLUMNS = [
  { name: 'Node', cell: ({ node, self }) => (self ? `${node} (this one)` : node), key: ({ node }) => node },
  { name: 'State', cell: state, key: state },
  { name: 'Address', cell: ({ address }) => address, key: ({ address }) => address },
  { name: 'Version', cell: ({ version }) => version, key: ({ version }) => version },
  { name: 'Players', look: 'number', cell: ({ players, playersMax }) => `${count(players)} of ${count(playersMax)}`, key: ({ players }) => players },
  { name: 'Rooms', look: 'number', cell: ({ rooms, roomsMax }) => `${count(rooms)} of ${count(roomsMax)}`, key: ({ rooms }) => rooms },
  { name: 'Busiest thread', look: 'number', cell: ({ busiest }) => percent(busiest), key: ({ busiest }) => busiest },
  { name: 'Cores', look: 'number', cell: ({ cores }) => rate(cores), key: ({ cores }) => cores },
  { name: 'Memory', look: 'number', cell: ({ memoryBytes }) => bytes(memoryBytes), key: ({ memoryBytes }) => memoryBytes },
  { name: 'Since', look: 'tight', cell: ({ sinceMillis }) => time(sinceMillis), key: ({ sinceMillis }) => sinceMillis },
];

function state({ gone, draining, silentMillis }) {
  if (gone) {
    return `silent for ${duration(silentMillis / 1_000)}`;
  }
  return draining ? 'drains' : 'takes players';
}

export function show(main, signal) {
  const problem = problemPlace();
  const cards = new Map();
  const realm = table('Servers of the realm', COLUMNS, 'No server is known.');
  const total = h('p', { class: 'hint', role: 'status' });
  const canaryOff = h('div', { class: 'buttons', hidden: true }, endCanary(() => refresh().catch(() => {})));
  main.append(title('Nodes'), problem, total, canaryOff, realm.element, h('div', { class: 'buttons' }, canaryShare(() => refresh().catch(() => {}))));

  async function refresh() {
    const all = await get('realm/nodes', {}, signal);
    realm.rows(all.nodes);
    const { canary } = all;
    say(total, `${count(all.players)} players and ${count(all.rooms)} rooms in the realm`
      + (canary ? `; ${count(canary.percent)} % of new rooms go to servers of version ${canary.version}, ordered at ${time(canary.sinceMillis)}` : ''));
    canaryOff.hidden = !canary;
    for (const node of (await get('nodes', {}, signal)).nodes) {
      if (!cards.has(node.node)) {
        cards.set(node.node, card(node, () => refresh().catch(() => {})));
        main.append(cards.get(node.node).element);
      }
      cards.get(node.node).fill(node);
    }
  }

  poll(REFRESH_MILLIS, signal, problem, refresh);
}

function card({ node, self }, again) {
  const figures = numbers();
  const leases = table('Leases', [
    { name: 'Lease', cell: ({ lease }) => leaseLink(lease), key: ({ lease }) => lease },
    { name: 'Fence', look: 'number', cell: ({ fence }) => String(fence), key: ({ fence }) => fence },
    { name: 'State', cell: ({ state }) => state.toLowerCase(), key: ({ state }) => state },
  ], 'No leases.');
  const actions = h('div', { class: 'buttons' }, self ? drain(again) : []);
  const undo = h('div', { class: 'buttons' }, self ? undoDrain(again) : []);
  const drained = progress(node);
  const element = h('section', { class: 'card', 'aria-label': `Node ${node}` },
    h('div', { class: 'title' }, h('h2', {}, node, self ? ' (this one)' : ''), actions, undo), drained.element, figures.list, leases.element);

  function fill({ address, draining, players, rooms, leases: rows }) {
    actions.hidden = draining;
    undo.hidden = !draining;
    drained.fill(draining, players, rooms);
    figures.fill({ State: draining ? 'drains' : 'takes players', Address: address, Players: count(players), Rooms: count(rooms) });
    leases.rows(rows);
  }

  return { element, fill };
}

const leaseLink = (lease) => (lease.startsWith(ROOM) ? roomLink(lease.slice(ROOM.length)) : lease);

// How many of the players and rooms present when the page first saw the node drain are gone.
function progress(node) {
  const bar = h('progress', { 'aria-label': `Drain of ${node}`, value: 0, max: 1 });
  const text = h('p', { role: 'status' });
  const element = h('div', { class: 'drain', hidden: true }, bar, text);
  let most = 0;

  function fill(draining, players, rooms) {
    most = draining ? Math.max(most, players + rooms, 1) : players + rooms;
    element.hidden = !draining;
    bar.max = most;
    bar.value = most - players - rooms;
    say(text, players + rooms === 0
      ? 'Drained: nobody is here and no room is open. Stop the server now.'
      : `Drains: ${count(players)} players and ${count(rooms)} rooms are left.`);
  }

  return { element, fill };
}
