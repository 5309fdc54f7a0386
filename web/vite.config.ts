import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

/** A running console to develop against: `RBBACKUP_CONSOLE=http://127.0.0.1:7422`, see README.md. */
declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

const root = new URL('.', import.meta.url).pathname;
const consoleUrl = process.env['RBBACKUP_CONSOLE'] ?? 'http://127.0.0.1:7422';

export default defineConfig({
  root,
  plugins: [tailwindcss()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // Nothing inline: the console's content security policy allows files of its own only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
    rolldownOptions: { input: { hub: `${root}hub.html`, client: `${root}client.html` } },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': {
        target: consoleUrl,
        changeOrigin: true,
        // The console refuses what another page sends: seen from it, this page is its own.
        headers: { origin: consoleUrl },
      },
    },
  },
});
