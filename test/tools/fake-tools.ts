import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** SIDE EFFECTS: an empty folder that is removed after the test. */
export function testFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'obol-test-tools-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** SIDE EFFECTS: writes an executable shell script and returns its path. */
export function writeScript(folder: string, name: string, ...lines: readonly string[]): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${lines.join('\n')}\n`)
  chmodSync(file, 0o755)
  return file
}
