import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// The design system's style sheet carries Open Sans as data: URLs, which the page's Content-Security-Policy
// refuses and every first view would pay for. The same face comes as files, of which a browser loads what
// the text needs.
const fontsAsFiles: Plugin = {
  name: 'fonts-as-files',
  enforce: 'pre',
  transform: (code, id) => {
    if (id.includes('global-styles/index.css')) return code.replace(/@font-face\s*\{[^}]*\}/g, '');
    if (id.includes('@fontsource-variable'))
      return code.replaceAll('Open Sans Variable', 'Open Sans');
    return null;
  },
};

// Everything is compressed once, here, so that neither the server nor a bucket has to.
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  async writeBundle({ dir = '.' }) {
    for (const name of await readdir(dir, { recursive: true })) {
      if (!/\.(js|css|html|svg)$/.test(name)) continue;
      const path = join(dir, name);
      const content = await readFile(path);
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
      await writeFile(`${path}.br`, brotliCompressSync(content, { params }));
      await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }));
    }
  },
};

const server = process.env.AGENT2_INGESTOR_URL ?? 'http://127.0.0.1:8080';
const routes = [
  '/auth',
  '/upload',
  '/jobs',
  '/documents',
  '/bus',
  '/service',
  '/health',
  '/docs',
  '/openapi.json',
];

export default defineConfig({
  base: '/app/',
  plugins: [react(), fontsAsFiles, compressed],
  build: {
    outDir: '../build/page',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: {
    proxy: Object.fromEntries([...routes, '/app/config.json'].map((route) => [route, server])),
  },
  test: { include: ['src/**/*.test.ts'], setupFiles: ['src/test_setup.ts'] },
});
