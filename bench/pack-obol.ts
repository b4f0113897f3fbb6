import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '..')

/**
 * Lays out what the npm package would hold, bundled from the sources as they are now, so that no older build is measured.
 * @returns the start file. SIDE EFFECTS: fills the folder.
 */
export async function packObol(folder: string): Promise<string> {
  const build = [join(ROOT, 'tools', 'build.ts'), `--out=${join(folder, 'dist')}`]
  await promisify(execFile)(process.execPath, build, { cwd: ROOT })
  for (const part of ['bin', 'schemas', 'package.json'])
    await cp(join(ROOT, part), join(folder, part), { recursive: true })
  return join(folder, 'bin', 'obol.js')
}
