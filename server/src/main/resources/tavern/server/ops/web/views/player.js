import { get, path } from '../api.js';
import { h, numbers, poll, problemPlace, renew, said, section, title } from '../dom.js';
import { count, time, until } from '../format.js';
import { itemLink, roomLink } from '../links.js';
import { freezesOf } from '../live.js';
import { playerOrders } from '../orders.js';
import { table } from '../table.js';
import { timeline } from '../timeline.js';

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
    { name: 'Item', cell: ([id, kind]) => itemLink(id, kind), key: ([id]) => Number(id) },
    { name: 'Kind', cell: ([, kind]) => kind, key: ([, kind]) => kind },
  ], 'No unique items.');
  const trades = h('a', { href: `#/trades?${new URLSearchParams({ player })}` }, 'All trades of this player');
  main.append(title(player, actions), problem, section('State', state.list, room, h('p', {}, trades)),
    h('div', { class: 'pair' }, stacks.element, items.element), timeline(player, signal));

  async function refresh() {
    const answer = await get(path`players/${player}`, {}, signal);
    state.fill(stateOf(answer));
    stacks.rows(Object.entries(answer.stacks));
    items.rows(Object.entries(answer.items));
    renew(room, answer.session?.room ? ['In the room ', roomLink(answer.session.room), '.'] : '');
    renew(actions, playerOrders(answer, () => refresh().catch(() => {})));
  }

  poll(REFRESH_MILLIS, signal, problem, refresh);
}

function stateOf({ player, playerId, version, session, bannedUntilMillis, banMessage, mutedUntilMillis }) {
  const now = Date.now();
  const frozen = new Set(freezesOf('PLAYER', player).map(({ what }) => what.toLowerCase()));
  return {
    Session: session ? `since ${time(session.sinceMillis)}` : 'not on this server',
    Address: session ? session.address ?? 'connection lost; may come back' : '–',
    Muted: mutedUntilMillis > now ? until(mutedUntilMillis) : 'no',
    Banned: bannedUntilMillis > now ? [until(bannedUntilMillis), banMessage ? [': ', said(banMessage)] : ''] : 'no',
    Frozen: [...frozen].join(', ') || 'nothing',
    Id: String(playerId),
    'Version of the goods': String(version),
  };
}
