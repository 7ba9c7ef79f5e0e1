package tavern.bench.consoles;

/**
 * How many play, and what they do.
 *
 * @param moveRate moves per second of each player
 * @param chatRate chat lines per second of each player
 * @param tradeRate trade offers per second of each player
 */
record Play(int players, int rooms, double moveRate, double chatRate, double tradeRate) {}
