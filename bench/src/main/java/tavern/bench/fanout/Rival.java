package tavern.bench.fanout;

import tavern.bench.Bench;

/**
 * What Tavern is compared with, and how much it may differ.
 *
 * @param isOtherBuild whether it is another Tavern, an earlier one for example: then a few percent are noise, and more
 *     is a
 *     regression
 */
record Rival(String title, boolean isOtherBuild) {
    private static final double NOISE = 0.03;

    static Rival of(Bench bench, Pair pair) {
        return new Rival(pair.reference().title(), bench.against() != null);
    }

    /** @param ofReference the aim if the rival is the reference */
    double atMost(double ofReference) {
        return isOtherBuild ? 1 + NOISE : ofReference;
    }

    /** @param ofReference the aim if the rival is the reference */
    double atLeast(double ofReference) {
        return isOtherBuild ? 1 - NOISE : ofReference;
    }

    /** The rival in the possessive: {@code of the reference's}. */
    String possessive() {
        return "of the " + title + "'s";
    }
}
