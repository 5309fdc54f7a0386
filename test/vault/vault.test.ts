import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';
import { MemoryVault } from '../../src/vault/memory/memory-vault.ts';
import { lastingVaultConformance, vaultConformance } from '../conformance/vault.ts';
import { tempFolder } from './temp-folder.ts';

vaultConformance('memory', async () => ({ vault: new MemoryVault() }));

lastingVaultConformance('a directory', async () => {
  const directory = tempFolder();
  const open = (): ReturnType<typeof openDirectoryVault> => openDirectoryVault({ directory });
  return {
    vault: await open(),
    reopen: async (vault) => {
      await vault.close();
      return open();
    },
  };
});

lastingVaultConformance('a directory of small packs without a cache', async () => {
  const directory = tempFolder();
  const open = (): ReturnType<typeof openDirectoryVault> =>
    openDirectoryVault({ directory, packBytes: 10_000, cacheBytes: 0 });
  return {
    vault: await open(),
    reopen: async (vault) => {
      await vault.close();
      return open();
    },
  };
});
