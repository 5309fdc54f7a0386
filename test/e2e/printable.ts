/** No control characters but the ends of lines, and none that change the direction of text: safe on a terminal. */
export const PRINTABLE_LINES: RegExp =
  /^[\n\u0020-\u007e\u00a0-\u200d\u2010-\u2027\u202f-\uffff]*$/;
