// Operators' commands, as buttons for those who may use them. done() is called when a command has been carried out.
import { download, get, path, post } from './api.js';
import { askFor } from './dialog.js';
import { h } from './dom.js';
import * as fields from './fields.js';
import { until } from './format.js';

const ROLES = ['viewer', 'moderator', 'admin'];
let operator = 'viewer';

export const actAs = (role) => { operator = role; };
export const may = (role) => ROLES.indexOf(operator) >= ROLES.indexOf(role);

// order: the argument of askFor, with ask() → fields, possibly later; body: the command's other fields; version: of
// what it replaces. The counterpart of a button after its command has the same kind.
function button(role, label, where, order, name = label, kind = where, carryOut = post) {
  if (!may(role)) {
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

const buttons = (label, ...lists) => h('div', { class: 'buttons', role: 'group', 'aria-label': label }, lists.flat());

export function playerOrders(answer, done) {
  const { player, session, mutedUntilMillis, muteVersion, bannedUntilMillis, banVersion } = answer;
  const order = (action) => path`players/${player}/` + action;
  const here = session ? [
    button('moderator', 'Whisper', order('whisper'), { ask: () => [fields.text('text', 'What the player reads')], done }),
    button('moderator', 'Move', order('move'), {
      ask: () => [fields.text('to', 'To the room'), fields.create('Also if there never was such a room')], done,
    }),
    button('moderator', 'Kick', order('kick'),
      { danger: true, warning: `${player}'s session ends at once.`, ask: () => [fields.message()], done }),
  ] : [];
  return buttons('Actions',
    ...here,
    sanction('Mute', 'Unmute', order, { version: muteVersion, done }, `Muted ${until(mutedUntilMillis)}.`),
    sanction('Ban', 'Unban', order, { version: banVersion, danger: true, done }, `Banned ${until(bannedUntilMillis)}.`),
    button('admin', 'Grant', order('grant'), { ask: toGrant, done }),
    button('admin', 'Revoke', order('revoke'), {
      danger: true, ask: () => [fields.stacks(), fields.items('Items', 'Ids, with commas between.'), fields.key()], done,
    }));
}

// Imposes a sanction; while it is in force, lifts or changes it.
function sanction(impose, lift, order, { version, danger, done }, stands) {
  const where = order(impose.toLowerCase());
  const ask = () => [fields.howLong(), fields.message()];
  return version ? [
    button('moderator', lift, order(lift.toLowerCase()), { version, warning: stands, done }, lift, where),
    button('moderator', `Change ${impose.toLowerCase()}`, where, { danger, version, ask, warning: stands, done }),
  ] : button('moderator', impose, where, { danger, ask, done });
}

async function toGrant() {
  const { stacks, items } = await get('kinds').catch(() => ({ stacks: [], items: [] }));
  return [fields.stacks(stacks), fields.items('New items', 'Kinds, with commas between.', items), fields.key()];
}

export const kick = (player, done) => button('moderator', 'Kick', path`players/${player}/kick`,
  { danger: true, warning: `The session of ${player} ends at once.`, ask: () => [fields.message()], done }, `Kick ${player}`);

// The moment since when it has been in force.
const versionOf = ({ sinceMillis }) => String(sinceMillis);

export function roomOrders(room, freezes, done) {
  const stopped = new Map(freezes.filter(({ scope }) => scope === 'ROOM').map((row) => [row.what.toLowerCase(), row]));
  return buttons('Actions',
    button('moderator', 'Announce', path`rooms/${room}/announce`, { ask: () => [fields.text('text', 'What all in the room read')], done }),
    ['trades', 'chat', 'joins'].map((what) => {
      const body = { what, scope: 'room', target: room };
      return stopped.has(what)
        ? button('admin', `Let ${what} go on`, 'freezes/lift', { body, version: versionOf(stopped.get(what)), done }, undefined, what)
        : button('admin', `Freeze ${what}`, 'freezes',
          { danger: true, warning: `In ${room}, until the freeze is lifted.`, body, done }, undefined, what);
    }),
    button('admin', 'Close room', path`rooms/${room}/close`,
      { danger: true, warning: 'Trades under way end, then everybody is out.', done }));
}

export const announce = () => buttons('Actions', button('moderator', 'Announce', 'announce',
  { ask: () => [fields.text('text', 'What all players of the realm read')] }, 'Announce to all'));

export const freeze = (done) => buttons('Actions', button('admin', 'Freeze…', 'freezes', {
  danger: true,
  ask: () => [fields.choice('what', 'What stops', [['trades', 'trades'], ['chat', 'chat'], ['joins', 'joins of rooms']]), fields.scope()],
  done,
}, 'Freeze'));

export const lift = ({ what, scope, target, sinceMillis }, done) => button('admin', 'Lift', 'freezes/lift', {
  version: versionOf({ sinceMillis }),
  body: { what: what.toLowerCase(), scope: scope.toLowerCase(), ...(target ? { target } : {}) }, done,
}, `Lift the freeze of ${what.toLowerCase()} ${target || 'everywhere'}`);

// Without a message: all dead letters.
export const republish = (done, messageId) => button('admin', messageId ? 'Republish' : 'Republish all', 'feed/dead/republish', {
  body: messageId ? { messageId } : {}, done,
  warning: 'Consumers know a repeat by its message id.',
}, messageId ? `Republish ${messageId}` : 'Republish all dead letters');

export const reloadGames = () => buttons('Actions', button('admin', 'Reload', 'games/reload', {
  warning: 'Jars that have changed are loaded again, and open rooms go on with them. If anything is wrong, nothing changes.',
}, 'Reload the games'));

export const downloadRecording = (room) => buttons('Recording', button('admin', 'Download', path`rooms/${room}/recording`, {
  warning: 'The newest turns of the room, for bin/replay. They have what players must not know of each other.',
}, 'Download the recording', 'recording', async (where, values) => ({ result: `saved as ${await download(where, values)}` })));

export const drain = (done) => button('admin', 'Drain', 'drain', {
  danger: true, done,
  warning: 'No more players are taken, rooms end their trades and close, sessions end. This cannot be undone.',
}, 'Drain this server');
