package tavern.server.game;

import tavern.game.Goods;

/** What the proposer of a trade gives and wants. They never change once offered. */
public record Terms(Goods give, Goods want) {}
