// What operators can do, as buttons for those who may. done() is called when an order has been carried out.
import { path, post } from './api.js';
import { askFor } from './dialog.js';
import { h } from './dom.js';
import * as fields from './fields.js';

const ROLES = ['viewer', 'moderator', 'admin'];
let operator = 'viewer';

export const actAs = (role) => { operator = role; };
export const may = (role) => ROLES.indexOf(operator) >= ROLES.indexOf(role);

function button(role, label, where, order, name = label) {
  if (!may(role)) {
    return [];
  }
  const open = () => {
    const { ask, ...rest } = order;
    askFor({ title: name, ...rest, fields: ask?.() ?? [], send: (values) => post(where, { ...order.body, ...values }) });
  };
  return [h('button', { type: 'button', class: order.danger ? 'danger' : '', 'aria-label': name, onclick: open }, label)];
}

const buttons = (label, ...lists) => h('div', { class: 'buttons', role: 'group', 'aria-label': label }, lists.flat());

export function playerOrders({ player, session, mutedUntilMillis, bannedUntilMillis }, done) {
  const order = (action) => path`players/${player}/` + action;
  const now = Date.now();
  const here = session ? [
    button('moderator', 'Whisper', order('whisper'), { ask: () => [fields.text('text', 'What the player reads')], done }),
    button('moderator', 'Move', order('move'), { ask: () => [fields.text('to', 'To the room')], done }),
    button('moderator', 'Kick', order('kick'), { danger: true, warning: `${player}'s session ends at once.`, done }),
  ] : [];
  return buttons('Actions',
    ...here,
    mutedUntilMillis > now
      ? button('moderator', 'Unmute', order('unmute'), { done })
      : button('moderator', 'Mute', order('mute'), { ask: () => [fields.howLong()], done }),
    bannedUntilMillis > now
      ? button('moderator', 'Unban', order('unban'), { done })
      : button('moderator', 'Ban', order('ban'), { danger: true, ask: () => [fields.howLong()], done }),
    button('admin', 'Grant', order('grant'), {
      ask: () => [fields.stacks(), fields.items('New items', 'Kinds, with commas between.'), fields.key()], done,
    }),
    button('admin', 'Revoke', order('revoke'), {
      danger: true, ask: () => [fields.stacks(), fields.items('Items', 'Ids, with commas between.'), fields.key()], done,
    }));
}

export const kick = (player, done) => button('moderator', 'Kick', path`players/${player}/kick`,
  { danger: true, warning: `The session of ${player} ends at once.`, done }, `Kick ${player}`);

export function roomOrders(room, freezes, done) {
  const stopped = freezes.filter(({ scope }) => scope === 'ROOM').map(({ what }) => what.toLowerCase());
  return buttons('Actions',
    button('moderator', 'Announce', path`rooms/${room}/announce`, { ask: () => [fields.text('text', 'What all in the room read')], done }),
    ['trades', 'chat', 'joins'].map((what) => (stopped.includes(what)
      ? button('admin', `Let ${what} go on`, 'freezes/lift', { body: { what, scope: 'room', target: room }, done })
      : button('admin', `Freeze ${what}`, 'freezes',
        { danger: true, warning: `In ${room}, until the freeze is lifted.`, body: { what, scope: 'room', target: room }, done }))),
    button('admin', 'Close room', path`rooms/${room}/close`,
      { danger: true, warning: 'Trades under way end, then everybody is out.', done }));
}

export const announce = () => buttons('Actions', button('moderator', 'Announce', 'announce',
  { ask: () => [fields.text('text', 'What all players of the realm read')] }, 'Announce to all'));

export const freeze = (done) => buttons('Actions', button('admin', 'Freeze…', 'freezes', {
  danger: true,
  ask: () => [fields.choice('what', 'What stops', { trades: 'trades', chat: 'chat', joins: 'joins of rooms' }), fields.scope()],
  done,
}, 'Freeze'));

export const lift = ({ what, scope, target }, done) => button('admin', 'Lift', 'freezes/lift', {
  body: { what: what.toLowerCase(), scope: scope.toLowerCase(), ...(target ? { target } : {}) }, done,
}, `Lift the freeze of ${what.toLowerCase()} ${target || 'everywhere'}`);

// Without a message: all dead letters.
export const republish = (done, messageId) => button('admin', messageId ? 'Republish' : 'Republish all', 'feed/dead/republish', {
  body: messageId ? { messageId } : {}, done,
  warning: 'Consumers know a repeat by its message id.',
}, messageId ? `Republish ${messageId}` : 'Republish all dead letters');

export const drain = (done) => button('admin', 'Drain', 'drain', {
  danger: true, done,
  warning: 'No more players are taken, rooms end their trades and close, sessions end. This cannot be undone.',
}, 'Drain this server');
