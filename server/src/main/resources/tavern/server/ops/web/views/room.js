import { get, path } from '../api.js';
import { h, numbers, problemPlace, renew, said, say, section, title } from '../dom.js';
import { clock, count, millis, time, zone } from '../format.js';
import { gameOf } from '../game.js';
import { goods, playerLink } from '../links.js';
import { freezesOf, onOverview, onRoom } from '../live.js';
import { map } from '../map.js';
import { kick, roomOrders } from '../orders.js';
import { table } from '../table.js';

const LISTS_MILLIS = 1_000;
const SILENCE_MILLIS = 3_000;

export function show(main, signal, room) {
  const problem = problemPlace();
  const actions = h('div');
  const figures = numbers();
  const picture = map(signal, (player) => { location.hash = playerLink(player).hash; });
  const game = h('div');
  const chat = h('ol', { class: 'chat', tabindex: '0', 'aria-label': 'Newest lines' });
  const members = table('Players in the room', [
    { name: 'Player', cell: ({ player }) => playerLink(player), key: ({ player }) => player },
    { name: 'Place', cell: ({ x, y }) => `${Math.round(x / 16)}, ${Math.round(y / 16)}` },
    { name: 'Connection', cell: ({ connected }) => (connected ? 'there' : 'lost, seat kept'), key: ({ connected }) => String(connected) },
    { name: 'Actions', cell: ({ player }) => h('div', { class: 'buttons' }, kick(player)) },
  ], 'Nobody is here.');
  const offers = table('Open trades', [
    { name: 'From', cell: ({ from }) => playerLink(from), key: ({ from }) => from },
    { name: 'To', cell: ({ to }) => playerLink(to), key: ({ to }) => to },
    { name: 'Gives', cell: ({ give }) => goods(give) },
    { name: 'Wants', cell: ({ want }) => goods(want) },
    { name: 'State', cell: ({ settling, expiresAtMillis }) => (settling ? 'being carried out' : `open until ${clock(expiresAtMillis)} ${zone(expiresAtMillis)}`) },
  ], 'No trade is open.');
  main.append(title(room, actions), problem,
    h('div', { class: 'pair' },
      section('Map', picture.element),
      h('div', {}, section('Now', figures.list), section(`Chat, times in ${zone(Date.now())}`, chat))),
    game, offers.element, members.element);

  let heardAt = Date.now();
  let listedAt = 0;
  function draw(answer) {
    heardAt = Date.now();
    say(problem, answer.open ? '' : 'This room is closing.');
    if (answer.type && !game.hasChildNodes()) {
      game.append(gameOf(room, signal));
    }
    figures.fill(figuresOf(answer));
    picture.draw(answer);
    if (heardAt - listedAt >= LISTS_MILLIS) {
      listedAt = heardAt;
      members.rows(answer.members);
      offers.rows(answer.offers);
      drawChat(chat, answer.chat);
    }
  }

  // A room that is gone sends no more events; the API says why.
  const watch = setInterval(() => {
    if (Date.now() - heardAt > SILENCE_MILLIS) {
      get(path`rooms/${room}`, {}, signal).then(draw, (failure) => signal.aborted || say(problem, failure.message));
    }
  }, SILENCE_MILLIS);
  signal.addEventListener('abort', () => clearInterval(watch));
  get(path`rooms/${room}`, {}, signal).then(draw, (failure) => signal.aborted || say(problem, failure.message));
  onRoom((answer) => answer.room === room && draw(answer), signal);
  const orders = () => renew(actions, roomOrders(room, freezesOf('ROOM', room)));
  orders();
  onOverview(orders, signal);
}

function figuresOf(answer) {
  const frozen = freezesOf('ROOM', answer.room).map(({ what }) => `, ${what.toLowerCase()} frozen`);
  return {
    Players: `${count(answer.players)} of ${count(answer.capacity)}`,
    Mailbox: `${count(answer.mailboxDepth)} of ${count(answer.mailboxCapacity)}`,
    'Wait for a thread': millis(answer.waitMicros / 1_000),
    'Tick takes': millis(answer.tickMicros / 1_000),
    'Speed of time': answer.timePermille === 1_000 ? 'full' : `${Math.round(answer.timePermille / 10)} %`,
    'Open trades': count(answer.offers.length),
    Type: answer.type || 'built-in rules',
    State: `${answer.suspended ? 'suspended' : 'runs'}${[...new Set(frozen)].join('')}`,
    Tick: count(answer.tick),
    Fence: String(answer.fence),
  };
}

// Only new lines are added, so that selected text and the scroll position stay.
function drawChat(list, lines) {
  const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
  const items = lines.map(({ player, text, atMillis }) => (
    h('li', {}, h('time', { datetime: new Date(atMillis).toISOString(), title: time(atMillis) }, clock(atMillis)), ' ',
      playerLink(player), ' ', said(text))));
  while ([...list.children].some((line, i) => !line.isEqualNode(items[i] ?? null))) {
    list.firstChild.remove();
  }
  list.append(...items.slice(list.childElementCount));
  if (atEnd) {
    list.scrollTop = list.scrollHeight;
  }
}
