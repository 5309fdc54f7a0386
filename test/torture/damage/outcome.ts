/**
 * What may come of a damage. Always, whichever it is: no crash, no wrong byte handed out, whatever is missing is named, and
 * the next backup, or the next transfer, makes the newest state whole.
 */
export type Outcome =
  /** Nothing is lost, and nothing needed saying. */
  | 'unharmed'
  /** Nothing is lost; it was noticed and said, or put right. */
  | 'mended'
  /** Something of what was kept can't be restored any more, and is named. */
  | 'told'
  /** The program says what is damaged and what to do, and after that everything is there again. */
  | 'refused';
