import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { dataFolder } from '../data/sources.ts';
import { ROOT } from '../ours/program.ts';

/** Where growth and budget are written: the document, and the figures it is made of. */
export interface PerformanceDoc {
  readonly page: string;
  /** Folder of the plots, beside the page. */
  readonly plots: string;
  /** Folder of the figures. */
  readonly figures: string;
}

/** The project's document; of a quick run a copy of it beside the data. */
export function performanceDoc(isQuick: boolean): PerformanceDoc {
  const page = join(ROOT, 'docs/performance.md');
  const real = { page, plots: join(ROOT, 'docs/plots'), figures: join(ROOT, 'bench/data') };
  if (!isQuick) return made(real);
  const folder = join(dataFolder(), 'quick');
  const quick = { page: join(folder, 'performance.md'), plots: join(folder, 'plots') };
  const doc = made({ ...quick, figures: folder });
  copyFileSync(page, doc.page);
  return doc;
}

function made(doc: PerformanceDoc): PerformanceDoc {
  for (const folder of [doc.plots, doc.figures]) mkdirSync(folder, { recursive: true });
  return doc;
}
