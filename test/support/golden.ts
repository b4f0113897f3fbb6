import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const TEST = join(import.meta.dirname, '..')

/**
 * Asserts that a text is what the file `test/<path>` has, byte for byte. With UPDATE_GOLDEN=1 the file is written
 * instead (not in CI), and `git diff` shows what changed.
 */
export function assertGolden(path: string, text: string): void {
  const file = join(TEST, path)
  if (process.env['UPDATE_GOLDEN'] === '1' && process.env['CI'] !== 'true') {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return
  }
  assert.equal(text, readGolden(file), `${path} differs; if that is meant: UPDATE_GOLDEN=1 make test`)
}

function readGolden(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return `(no golden file ${file}: UPDATE_GOLDEN=1 makes it)`
  }
}
