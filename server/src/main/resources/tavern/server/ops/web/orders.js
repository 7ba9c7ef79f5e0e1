// Operators' commands, as buttons for those who may use them. done() is called when a command has been carried out.
import { download, get, path, post } from './api.js';
import { askFor } from './dialog.js';
import { h } from './dom.js';
import * as fields from './fields.js';
import { until } from './format.js';

let rights = new Set();

export const actAs = (names) => { rights = new Set(names); };
export const may = (right) => rights.has(right);

// order: the argument of askFor, with ask() → fields, possibly later; body: the command's other fields; version: of
// what it replaces. The counterpart of a button after its command has the same kind.
export function button(right, label, where, order, name = label, kind = where, carryOut = post) {
  if (!may(right)) {
    return [];
  }
  const { ask, body, version = '', ...rest } = order;
  const open = async ({ currentTarget: opener }) => {
    const asked = await ask?.() ?? [];
    askFor({ title: name, ...rest, opener, version, fields: asked, send: (values, replaces) => carryOut(where, { ...body, ...values }, replaces) });
  };
  return [h('button', {
    type: 'button', class: order.danger ? 'danger' : '', 'aria-label': name, 'data-order': kind, 'data-version': version, onclick: open,
  }, label)];
}

export const buttons = (label, ...lists) => h('div', { class: 'buttons', role: 'group', 'aria-label': label }, lists.flat());

export function playerOrders(answer, done) {
  const { player, session, mutedUntilMillis, muteVersion, bannedUntilMillis, banVersion } = answer;
  const order = (action) => path`players/${player}/` + action;
  const here = session ? [
    button('players', 'Whisper', order('whisper'), { ask: () => [fields.text('text', 'What the player reads')], done }),
    button('players', 'Move', order('move'), {
      ask: () => [fields.text('to', 'To the room'), fields.create('Also if there never was such a room')], done,
    }),
    button('players', 'Kick', order('kick'),
      { danger: true, warning: `${player}'s session ends at once.`, ask: () => [fields.message()], done }),
  ] : [];
  return buttons('Actions',
    ...here,
    sanction('Mute', 'Unmute', order, { version: muteVersion, done }, `Muted ${until(mutedUntilMillis)}.`),
    sanction('Ban', 'Unban', order, { version: banVersion, danger: true, done }, `Banned ${until(bannedUntilMillis)}.`),
    button('goods', 'Grant', order('grant'), { ask: toGrant, done }),
    button('goods', 'Revoke', order('revoke'), {
      danger: true, ask: () => [fields.stacks(), fields.items('Items', 'Ids, with commas between.'), fields.key()], done,
    }));
}

// Imposes a sanction; while it is in force, lifts or changes it.
function sanction(impose, lift, order, { version, danger, done }, stands) {
  const where = order(impose.toLowerCase());
  const ask = () => [fields.howLong(), fields.message()];
  return version ? [
    button('players', lift, order(lift.toLowerCase()), { version, warning: stands, done }, lift, where),
    button('players', `Change ${impose.toLowerCase()}`, where, { danger, version, ask, warning: stands, done }),
  ] : button('players', impose, where, { danger, ask, done });
}

async function toGrant() {
  const { stacks, items } = await get('kinds').catch(() => ({ stacks: [], items: [] }));
  return [fields.stacks(stacks), fields.items('New items', 'Kinds, with commas between.', items), fields.key()];
}

export const kick = (player, done) => button('players', 'Kick', path`players/${player}/kick`,
  { danger: true, warning: `The session of ${player} ends at once.`, ask: () => [fields.message()], done }, `Kick ${player}`);

// The moment since when it has been in force.
const versionOf = ({ sinceMillis }) => String(sinceMillis);

export function roomOrders(room, freezes, done) {
  const stopped = new Map(freezes.filter(({ scope }) => scope === 'ROOM').map((row) => [row.what.toLowerCase(), row]));
  return buttons('Actions',
    button('announce', 'Announce', path`rooms/${room}/announce`, { ask: () => [fields.text('text', 'What all in the room read')], done }),
    ['trades', 'chat', 'joins'].map((what) => {
      const body = { what, scope: 'room', target: room };
      return stopped.has(what)
        ? button('freezes', `Let ${what} go on`, 'freezes/lift', { body, version: versionOf(stopped.get(what)), done }, undefined, what)
        : button('freezes', `Freeze ${what}`, 'freezes',
          { danger: true, warning: `In ${room}, until the freeze is lifted.`, body, done }, undefined, what);
    }),
    button('rooms', 'Close room', path`rooms/${room}/close`,
      { danger: true, warning: 'Trades under way end, then everybody is out.', done }));
}

export const announce = () => buttons('Actions', button('announce', 'Announce', 'announce',
  { ask: () => [fields.text('text', 'What all players of the realm read')] }, 'Announce to all'));

export const freeze = (done) => buttons('Actions', button('freezes', 'Freeze…', 'freezes', {
  danger: true,
  ask: () => [fields.choice('what', 'What stops', [['trades', 'trades'], ['chat', 'chat'], ['joins', 'joins of rooms']]), fields.scope()],
  done,
}, 'Freeze'));

export const lift = ({ what, scope, target, sinceMillis }, done) => button('freezes', 'Lift', 'freezes/lift', {
  version: versionOf({ sinceMillis }),
  body: { what: what.toLowerCase(), scope: scope.toLowerCase(), ...(target ? { target } : {}) }, done,
}, `Lift the freeze of ${what.toLowerCase()} ${target || 'everywhere'}`);

// Without a message: all dead letters.
export const republish = (done, messageId) => button('servers', messageId ? 'Republish' : 'Republish all', 'feed/dead/republish', {
  body: messageId ? { messageId } : {}, done,
  warning: 'Consumers know a repeat by its message id.',
}, messageId ? `Republish ${messageId}` : 'Republish all dead letters');

export const reloadGames = () => buttons('Actions', button('servers', 'Reload', 'games/reload', {
  warning: 'Jars that have changed are loaded again, and open rooms go on with them. If anything is wrong, nothing changes.',
}, 'Reload the games'));

const recording = (label, where, title) => button('rooms', label, where, {
  warning: 'The newest turns of the room, for bin/replay. They have what players must not know of each other.',
}, title, 'recording', async (to, values) => ({ result: `saved as ${await download(to, values)}` }));

export const downloadRecording = (room) => buttons('Recording',
  recording('Download', path`rooms/${room}/recording`, 'Download the recording'),
  recording('Download the one before', path`rooms/${room}/recording/earlier`, 'Download the recording of the room before it was opened anew'));

export const drain = (done) => button('servers', 'Drain', 'drain', {
  danger: true, done,
  warning: 'Rooms and players go to other servers of the realm, if there are any. Then no more players are taken, rooms end'
    + ' their trades and close, sessions end; from then on it cannot be undone.',
}, 'Drain this server');

export const canaryShare = (done) => button('servers', 'Share of new rooms…', 'realm/canary', {
  done,
  warning: 'Servers of this version get this share of the new rooms, and no others. Rooms that are open stay where they are.',
  ask: () => [fields.text('version', 'Version'), fields.number('percent', 'Percent of new rooms', 0, 100)],
}, 'Give servers of a version a share of new rooms');

export const endCanary = (done) => button('servers', 'End the share', 'realm/canary/end', {
  done,
  warning: 'New rooms go to servers of all versions again.',
}, 'Let new rooms go to servers of all versions');

export const undoDrain = (done) => button('servers', 'Undo', 'drain/undo', {
  done,
  warning: 'The server goes on. Rooms and players that have moved by now stay where they are.',
}, 'Take the drain back');
