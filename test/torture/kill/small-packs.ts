/** Loaded before a hub: its packs are full after a few runs, so that closing one can be met by a kill as well. */

import { registerHooks } from 'node:module';

const LARGE = 'PACK_BYTES: number = 128 * 1024 * 1024';
const SMALL = 'PACK_BYTES: number = 384 * 1024';

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith('/vault/directory/pack-format.ts')) return loaded;
    const given = loaded.source;
    const source = typeof given === 'string' ? given : Buffer.from(given as Uint8Array).toString();
    if (!source.includes(LARGE)) throw new Error(`${LARGE} is not in ${url}`);
    return { ...loaded, source: source.replace(LARGE, SMALL) };
  },
});
