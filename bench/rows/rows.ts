import { p1 } from './p1.ts';
import { p2 } from './p2.ts';
import { p3 } from './p3.ts';
import { p4 } from './p4.ts';
import { p5 } from './p5.ts';
import { p6 } from './p6.ts';
import { p8 } from './p8.ts';
import type { Row } from './row.ts';

/** All there are, in the order in which they are run. */
export const ROWS: readonly Row[] = [p1, p2, p3, p4, p5, p6, p8];
