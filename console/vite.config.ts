// `npm run build -w @mib/console` writes dist/, which the router serves at `/`. `npm run dev -w @mib/console` serves the
// sources with reloading and hands /graphql on to a router that runs already.

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const ROUTER = process.env['MIB_ROUTER'] ?? 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [react()],
  // The router's content policy allows files of its own alone, so nothing may be inlined as data.
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0, sourcemap: false, reportCompressedSize: false },
  server: { proxy: { '/graphql': { target: ROUTER, ws: true } } },
});
