/** The TypeScript client and the page to play on, in Node and in Chromium, against a real server. */
@NullMarked
package tavern.web;

import org.jspecify.annotations.NullMarked;
