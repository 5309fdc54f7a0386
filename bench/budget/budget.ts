import { join } from 'node:path';

import type { SourceKind } from '../data/sources.ts';
import { countFiles, sizeOf } from '../measure/folder.ts';
import { readFigures, replaceFile, replaceSection } from '../report/doc-section.ts';
import { performanceDoc } from '../report/performance-doc.ts';
import { describeSession } from '../report/session.ts';
import type { Bench } from '../rows/row.ts';
import { Workspace } from '../workspace.ts';
import { budgetSection } from './budget-section.ts';
import type { StoredBudget } from './budget-section.ts';
import { profiledRun } from './profiled-run.ts';
import type { PartProfile } from './profiled-run.ts';

const SOURCES: readonly SourceKind[] = ['kernel', 'large'];
/** The source, the vault, the copy. */
const SPACE = 3.2;

/** The names by which they are asked for. */
export const BUDGET_SOURCES: readonly string[] = SOURCES;

/**
 * `npm run bench -- budget [SOURCE …]`: runs origin, hub and destination under V8's sampling profiler and writes where their time
 * goes into the document.
 *
 * @returns 0
 */
export async function measureBudget(bench: Bench, asked: readonly string[]): Promise<number> {
  const { options, sources, log } = bench;
  const session = await describeSession(options);
  const doc = performanceDoc(options.isQuick);
  for (const kind of SOURCES.filter((source) => asked.includes(source))) {
    log(`budget: ${kind}`);
    await using workspace = Workspace.open(options.where, sources.bytesOf(kind) * SPACE, log);
    const source = await sources.make(workspace.path, kind);
    const parts = await profiledRun(workspace, source);
    const stored = { files: countFiles(source), bytes: sizeOf(source), parts, session };
    for (const part of parts) logRest(log, part);
    const file = join(doc.figures, 'budget.json');
    const all = readFigures<Record<string, StoredBudget>>(file, {});
    replaceFile(file, `${JSON.stringify({ ...all, [kind]: stored }, null, 1)}\n`);
    replaceSection(doc.page, `budget-${kind}`, budgetSection(kind, stored));
    log(`budget: ${kind} written to ${doc.page}`);
  }
  return 0;
}

/** What no group claims, so that the groups can be kept complete. */
function logRest(log: (line: string) => void, { part, threads }: PartProfile): void {
  for (const { thread, rest } of threads) {
    const large = rest.filter(([, seconds]) => seconds >= 0.02);
    const named = large.map(([name, seconds]) => `${name} ${seconds.toFixed(2)} s`);
    if (named.length > 0) log(`  ${part}, ${thread}, rest: ${named.join('; ')}`);
  }
}
