// Names that link to their views.
import { h } from './dom.js';
import { count } from './format.js';

const link = (view, text, shown = text) => h('a', { href: `#/${view}/${encodeURIComponent(text)}` }, shown);

export const roomLink = (room) => link('rooms', room);
export const playerLink = (player) => link('players', player);
export const tradeLink = (trade) => link('trades', trade);
export const itemLink = (item, kind) => link('items', String(item), kind ? `${kind} ${item}` : `item ${item}`);

// A trade's id is the proposer's number and a UUID, which begins with the time: trades of the same minute differ in the end.
export function shortTradeLink(trade) {
  const short = link('trades', trade, `${trade.slice(0, trade.indexOf('-') + 1)}…${trade.slice(-8)}`);
  short.setAttribute('aria-label', `Trade ${trade}`);
  return short;
}

// {stacks: {gold: 3}, items: {7: 'bow'} or [7]} in one line, each item with its link.
export function goods({ stacks = {}, items = {} }) {
  const parts = Object.entries(stacks).map(([kind, amount]) => `${count(amount)} ${kind}`);
  parts.push(...(Array.isArray(items) ? items.map((item) => itemLink(item))
    : Object.entries(items).map(([item, kind]) => itemLink(item, kind))));
  return parts.length === 0 ? 'nothing' : parts.flatMap((part, i) => (i === 0 ? [part] : [', ', part]));
}
