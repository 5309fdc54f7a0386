/** What the screenshots show: a family's hub, their machines and what they have backed up. */

import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writeNoise } from '../../test/e2e/data.ts';
import { GuiStage } from '../../test/web/gui-stage.ts';
import type { Gui, HubConsole, Machine } from '../../test/web/gui-stage.ts';

const KIB = 1024;
const PHOTOS = 48;
const PHOTO_BYTES = 1600 * KIB;
/** More than may all change at once without being held back. */
const RENDERS = 240;

export class Scene implements AsyncDisposable {
  readonly #stage: GuiStage;
  readonly hub: HubConsole;
  readonly fresh: HubConsole;
  readonly gui: Gui;
  readonly newcomer: Gui;
  readonly home: string;

  private constructor(
    stage: GuiStage,
    parts: { hub: HubConsole; fresh: HubConsole; gui: Gui; newcomer: Gui; home: string },
  ) {
    this.#stage = stage;
    this.hub = parts.hub;
    this.fresh = parts.fresh;
    this.gui = parts.gui;
    this.newcomer = parts.newcomer;
    this.home = parts.home;
  }

  /** Takes a minute: everything that the pages tell of happens. */
  static async set(): Promise<Scene> {
    const stage = await GuiStage.open('home-');
    const hub = await stage.hub('casa', { name: 'casa' });
    const fresh = await stage.hub('new-hub', { name: 'casa', fresh: true });
    const at = (user: string): string[] => ['--server', hub.address, '--name', user];
    const home = stage.path('ana');
    const laptop = await stage.machine('laptop', home);
    const studio = await stage.machine('studio-pc', stage.path('ben'));
    await writeHome(home);
    await writeProjects(studio.home);

    await (await stage.machine('attic-nas')).receive(hub, 'ana');
    const cabin = await (await stage.machine('cabin-pi')).receive(hub, 'ana');
    await (await stage.machine('studio-nas')).receive(hub, 'ben');
    await laptop.run('-rd', join(home, 'documents'), ...at('ana'), '--copies', '2');
    await studio.run('-rd', join(studio.home, 'projects'), ...at('ben'), '--copies', '1');
    await workOn(laptop, at('ana'));
    await renderAnew(studio, at('ben'));
    await cabin.kill();
    await appendFile(join(home, 'documents', 'letters', 'to the school.txt'), 'One more thing.\n');
    // The machine in the cabin is away: one copy less than asked.
    const late = laptop.start(
      '-rd',
      join(home, 'documents'),
      ...at('ana'),
      '--copies',
      '2',
      '--wait',
      '1s',
    );
    await late.ended;
    await (await stage.machine('office-mini')).receive(hub, 'ana', '--limit', '2M');
    await hub.invite('carla');
    await (await stage.machine('tablet')).run('login', await hub.invite('leo', '--read-only'));
    const gui = await laptop.guiAt(hub, 'ana');
    const newcomer = await (await stage.machine('new-laptop')).gui();
    return new Scene(stage, { hub, fresh, gui, newcomer, home });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stage[Symbol.asyncDispose]();
  }
}

async function writeHome(home: string): Promise<void> {
  const documents = join(home, 'documents');
  await mkdir(join(documents, 'letters'), { recursive: true });
  await mkdir(join(documents, 'taxes', '2025'), { recursive: true });
  await mkdir(join(documents, 'recipes'), { recursive: true });
  await writeFile(join(documents, 'letters', 'to the school.txt'), 'Dear Ms Ortega,\n');
  await writeFile(join(documents, 'recipes', 'tortilla de patatas.md'), '# Tortilla de patatas\n');
  await writeFile(join(documents, 'recipes', 'bread.md'), '# Bread\n');
  for (const month of ['01', '02', '03', '04', '05', '06'])
    writeNoise(join(documents, 'taxes', '2025', `invoice ${month}.pdf`), month, 180 * KIB);
  for (let index = 0; index < PHOTOS; index++)
    writeNoise(
      join(home, 'photos', 'asturias', `IMG_${4120 + index}.jpg`),
      `${index}`,
      PHOTO_BYTES,
    );
}

async function writeProjects(home: string): Promise<void> {
  await mkdir(join(home, 'projects', 'boat'), { recursive: true });
  await writeFile(join(home, 'projects', 'boat', 'plan.md'), '# The boat\n');
  for (const part of ['hull', 'mast', 'rudder'])
    writeNoise(join(home, 'projects', 'boat', `${part}.step`), part, 700 * KIB);
}

/** All pictures of the boat become others: destinations keep what they have until somebody says that it is right. */
async function renderAnew(studio: Machine, at: readonly string[]): Promise<void> {
  const renders = join(studio.home, 'renders');
  for (const sort of ['draft', 'final']) {
    for (let index = 0; index < RENDERS; index++)
      writeNoise(join(renders, `${index}.png`), `${sort} ${index}`, KIB);
    await studio.run('-rd', renders, ...at, ...(sort === 'draft' ? ['--copies', '1'] : []));
  }
}

/** Some days of work, each with its backup. */
async function workOn(laptop: Machine, at: readonly string[]): Promise<void> {
  const documents = join(laptop.home, 'documents');
  const back = async (): Promise<void> =>
    await laptop.run('-rd', documents, ...at, '--copies', '2');
  await appendFile(join(documents, 'recipes', 'bread.md'), '500 g of flour, 350 g of water\n');
  await back();
  await rm(join(documents, 'taxes', '2025', 'invoice 01.pdf'));
  writeNoise(join(documents, 'taxes', '2025', 'invoice 07.pdf'), '07', 210 * KIB);
  await back();
  await appendFile(join(documents, 'recipes', 'bread.md'), '10 g of salt\n');
  await back();
}
