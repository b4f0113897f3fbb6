import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { tempFolder } from '../support/temp-folder.ts'

const START = join(import.meta.dirname, '..', '..', 'bin', 'obol.js')

/** A checkout whose bundle says `bundle` and is as old as given, and whose sources say `sources` and are of 2001. */
async function checkout(t: TestContext, bundleYear: number): Promise<string> {
  const folder = tempFolder(t, {
    'bin/obol.js': readFileSync(START, 'utf8'),
    'package.json': '{"type":"module"}',
    'dist/main.js': "console.log('bundle')",
    'src/cli/main.ts': "const text: string = 'sources'\nconsole.log(text)",
  })
  for (const path of ['package.json', 'src/cli/main.ts', 'src/cli', 'src']) await age(join(folder, path), 2001)
  await age(join(folder, 'dist', 'main.js'), bundleYear)
  return folder
}

async function age(path: string, year: number): Promise<void> {
  const date = new Date(`${year}-01-01T00:00:00Z`)
  await utimes(path, date, date)
}

async function started(folder: string): Promise<string> {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') }
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'bin', 'obol.js')], { env })
  return stdout.trim()
}

describe('bin/obol.js', () => {
  test('default: the bundle, where it is newer than every source', async (t) => {
    assert.equal(await started(await checkout(t, 2002)), 'bundle')
  })

  for (const path of ['src/cli/main.ts', 'src/cli', 'package.json']) {
    test(`behavior: the sources, where ${path} is newer than the bundle`, async (t) => {
      const folder = await checkout(t, 2002)
      await age(join(folder, path), 2003)
      assert.equal(await started(folder), 'sources')
    })
  }

  test('behavior: the sources, where there is no bundle', async (t) => {
    const folder = await checkout(t, 2002)
    await rm(join(folder, 'dist'), { recursive: true })
    assert.equal(await started(folder), 'sources')
  })

  test('behavior: the bundle, where there are no sources', async (t) => {
    const folder = await checkout(t, 2000)
    await rm(join(folder, 'src'), { recursive: true })
    assert.equal(await started(folder), 'bundle')
  })
})
