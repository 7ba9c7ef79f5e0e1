package tavern.bench.consoles;

/**
 * What is played.
 *
 * @param moveRate of each player in a second
 * @param chatRate of each player in a second
 * @param tradeRate offers of each player in a second
 */
record Play(int players, int rooms, double moveRate, double chatRate, double tradeRate) {}
