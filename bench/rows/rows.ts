import { link } from './link.ts';
import { p1 } from './p1.ts';
import { p2 } from './p2.ts';
import { p3 } from './p3.ts';
import { p4 } from './p4.ts';
import { p5 } from './p5.ts';
import { p6 } from './p6.ts';
import { p7 } from './p7.ts';
import { p8 } from './p8.ts';
import { p9 } from './p9.ts';
import { p10 } from './p10.ts';
import { p11 } from './p11.ts';
import { p12 } from './p12.ts';
import type { Row } from './row.ts';

/** All there are, in the order in which they are run. */
export const ROWS: readonly Row[] = [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, link];
