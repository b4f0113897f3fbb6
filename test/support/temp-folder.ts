import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, type TestContext } from 'node:test'

/** An empty folder, or one with some files (path → text), that is removed after the test. Returns its absolute path. */
export function tempFolder(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'obol-test-')))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** One folder for the tests of a file; call the result inside of a test or a later hook. SIDE EFFECTS: removed at the end. */
export function folderOfFile(): () => string {
  let folder = ''
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'obol-test-')))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  return () => folder
}
