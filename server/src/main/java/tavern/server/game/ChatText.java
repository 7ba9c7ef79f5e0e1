package tavern.server.game;

import java.text.Normalizer;

/**
 * A line that a player wrote, made safe to show: NFC, without invisible characters, changes of writing direction or
 * stacked combining marks. Control characters are refused rather than removed: no honest client sends them.
 *
 * @param text what to show; empty when refused
 * @param problem why it was refused, for people to read; empty when it was not refused
 */
public record ChatText(String text, String problem) {
    /** Enough for every living script: a letter with two vowel points and two accents. */
    private static final int MARKS_IN_A_ROW_MAX = 4;

    private static final int ZERO_WIDTH_JOINER = 0x200D;
    private static final int TEXT_STYLE = 0xFE0E;
    private static final int EMOJI_STYLE = 0xFE0F;
    private static final int BRAILLE_BLANK = 0x2800;

    public boolean isRefused() {
        return !problem.isEmpty();
    }

    /**
     * Cleans a line, or says why it cannot be shown.
     *
     * @param charactersMax Unicode code points, both before and after cleaning
     */
    public static ChatText clean(String raw, int charactersMax) {
        if (raw.codePointCount(0, raw.length()) > charactersMax) {
            return tooLong(charactersMax);
        }
        if (isPlain(raw)) {
            return new ChatText(raw, "");
        }
        if (raw.codePoints().anyMatch(ChatText::isForbidden)) {
            return refused("text has control characters or is not valid Unicode");
        }
        String text = Normalizer.normalize(withoutTricks(raw.codePoints().toArray()), Normalizer.Form.NFC);
        if (text.codePoints().noneMatch(ChatText::isVisible)) {
            return refused("text is blank");
        }
        // A few characters become three when normalised.
        return text.codePointCount(0, text.length()) > charactersMax ? tooLong(charactersMax) : new ChatText(text, "");
    }

    /** Whether it is printable ASCII and not blank, as most lines are: then cleaning would change nothing. */
    private static boolean isPlain(String raw) {
        boolean blank = true;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c < ' ' || c > '~') {
                return false;
            }
            blank &= c == ' ';
        }
        return !blank;
    }

    private static ChatText tooLong(int charactersMax) {
        return refused("text is longer than " + charactersMax + " characters");
    }

    private static ChatText refused(String problem) {
        return new ChatText("", problem);
    }

    private static String withoutTricks(int[] raw) {
        StringBuilder kept = new StringBuilder(raw.length);
        int last = 0;
        int marks = 0;
        for (int i = 0; i < raw.length; i++) {
            int next = i + 1 < raw.length ? raw[i + 1] : 0;
            marks = isMark(raw[i]) ? marks + 1 : isInvisible(raw[i]) ? marks : 0;
            if (marks <= MARKS_IN_A_ROW_MAX && isWelcome(raw[i], last, next)) {
                kept.appendCodePoint(raw[i]);
                last = raw[i];
            }
        }
        return kept.toString();
    }

    /**
     * Joiners and style selectors are legitimate only within emoji sequences; anywhere else they are merely invisible.
     */
    private static boolean isWelcome(int c, int last, int next) {
        if (c == ZERO_WIDTH_JOINER) {
            return isPictorial(last) && isPictorial(next);
        }
        if (c == TEXT_STYLE || c == EMOJI_STYLE) {
            return isSymbol(last) || isKeycapBase(last);
        }
        return !isInvisible(c);
    }

    private static boolean isForbidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            default -> false;
        };
    }

    /** Format characters, which include all bidi controls, and characters that are invisible despite their category. */
    private static boolean isInvisible(int c) {
        return Character.getType(c) == Character.FORMAT
                || c == 0x034F // combining grapheme joiner
                || (c >= 0x115F && c <= 0x1160) // Hangul fillers
                || c == 0x3164
                || c == 0xFFA0
                || (c >= 0x180B && c <= 0x180F) // Mongolian variation selectors
                || (c >= 0xFE00 && c <= 0xFE0F) // variation selectors
                || (c >= 0xE0000 && c <= 0xE0FFF); // tags, more variation selectors
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return !isInvisible(c) && (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK);
    }

    private static boolean isVisible(int c) {
        return !isMark(c)
                && !isInvisible(c)
                && !Character.isWhitespace(c)
                && !Character.isSpaceChar(c)
                && c != BRAILLE_BLANK;
    }

    private static boolean isPictorial(int c) {
        return isSymbol(c) || c == EMOJI_STYLE;
    }

    /** Emoji and their skin tones; emoji newer than this Java's Unicode tables count as unassigned. */
    private static boolean isSymbol(int c) {
        int type = Character.getType(c);
        return type == Character.OTHER_SYMBOL || type == Character.MATH_SYMBOL || (c >= 0x1F000 && c <= 0x1FAFF);
    }

    private static boolean isKeycapBase(int c) {
        return (c >= '0' && c <= '9') || c == '#' || c == '*';
    }
}
