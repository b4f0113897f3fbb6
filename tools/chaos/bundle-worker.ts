import { join } from 'node:path'
import { build } from 'esbuild'

/** Some CommonJS dependencies call `require` for node's own modules, which an ES module does not have. */
const BANNER = "import{createRequire as r}from'node:module';const require=r(import.meta.url);"

/**
 * Bundles the worker, since hundreds of them are started and each would read hundreds of files. Resolves to the script's
 * path. SIDE EFFECTS: writes files into the folder.
 */
export async function bundleWorker(folder: string): Promise<string> {
  await build({
    entryPoints: { worker: join(import.meta.dirname, 'worker.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    ...{ bundle: true, splitting: true, platform: 'node', format: 'esm', target: 'node24', logLevel: 'error' },
    banner: { js: BANNER },
  })
  return join(folder, 'worker.mjs')
}
