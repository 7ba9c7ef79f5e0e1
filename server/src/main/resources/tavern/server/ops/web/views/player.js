import { get, path } from '../api.js';
import { h, numbers, poll, problemPlace, section, title } from '../dom.js';
import { count, time, until } from '../format.js';
import { playerOrders } from '../orders.js';
import { table } from '../table.js';
import { roomLink } from './rooms.js';

const REFRESH_MILLIS = 2_000;

export function show(main, signal, player) {
  const problem = problemPlace();
  const actions = h('div');
  const state = numbers();
  const room = h('p');
  const stacks = table('Balances', [
    { name: 'Kind', cell: ([kind]) => kind, key: ([kind]) => kind },
    { name: 'Count', look: 'number', cell: ([, amount]) => count(amount), key: ([, amount]) => amount },
  ], 'No stacks.');
  const items = table('Items', [
    { name: 'Id', look: 'number', cell: ([id]) => id, key: ([id]) => Number(id) },
    { name: 'Kind', cell: ([, kind]) => kind, key: ([, kind]) => kind },
  ], 'No unique items.');
  main.append(title(player, actions), problem, section('State', state.list, room),
    h('div', { class: 'pair' }, stacks.element, items.element));

  let shown = '';
  async function refresh() {
    const answer = await get(path`players/${player}`, {}, signal);
    state.fill(stateOf(answer));
    stacks.rows(Object.entries(answer.stacks));
    items.rows(Object.entries(answer.items));
    room.replaceChildren(...(answer.session?.room ? ['In the room ', roomLink(answer.session.room), '.'] : []));
    const orders = playerOrders(answer, () => refresh().catch(() => {}));
    // Other buttons only when there are others: one of them may have the focus.
    if (orders.textContent !== shown) {
      shown = orders.textContent;
      actions.replaceChildren(orders);
    }
  }

  poll(REFRESH_MILLIS, signal, problem, refresh);
}

function stateOf({ playerId, version, session, bannedUntilMillis, banReason, mutedUntilMillis }) {
  const now = Date.now();
  return {
    Session: session ? `since ${time(session.sinceMillis)}` : 'not on this server',
    Address: session ? session.address ?? 'connection lost; may come back' : '–',
    Muted: mutedUntilMillis > now ? until(mutedUntilMillis) : 'no',
    Banned: bannedUntilMillis > now ? `${until(bannedUntilMillis)}: ${banReason}` : 'no',
    Id: String(playerId),
    'Version of the goods': String(version),
  };
}
