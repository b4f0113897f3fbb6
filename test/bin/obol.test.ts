import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { inTempFolder } from '../support/temp-folder.ts'

const START = join(import.meta.dirname, '..', '..', 'bin', 'obol.js')

/** A checkout whose bundle says `bundle` and is as old as given, and whose sources say `sources` and are of the year 2001. */
async function layOut(folder: string, bundleYear: number): Promise<void> {
  for (const path of ['bin', 'dist', 'src/cli']) await mkdir(join(folder, path), { recursive: true })
  await cp(START, join(folder, 'bin', 'obol.js'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(join(folder, 'dist', 'main.js'), "console.log('bundle')")
  await writeFile(join(folder, 'src', 'cli', 'main.ts'), "const text: string = 'sources'\nconsole.log(text)")
  for (const path of ['package.json', 'src/cli/main.ts', 'src/cli', 'src']) await age(join(folder, path), 2001)
  await age(join(folder, 'dist', 'main.js'), bundleYear)
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
  test('default: the bundle, where it is newer than every source', () =>
    inTempFolder(async (folder) => {
      await layOut(folder, 2002)
      assert.equal(await started(folder), 'bundle')
    }))

  test('behavior: the sources, where one of them, or what they need, is newer than the bundle', () =>
    inTempFolder(async (folder) => {
      for (const path of ['src/cli/main.ts', 'src/cli', 'package.json']) {
        await layOut(folder, 2002)
        await age(join(folder, path), 2003)
        assert.equal(await started(folder), 'sources', path)
      }
    }))

  test('behavior: the sources, where there is no bundle', () =>
    inTempFolder(async (folder) => {
      await layOut(folder, 2002)
      await rm(join(folder, 'dist'), { recursive: true })
      assert.equal(await started(folder), 'sources')
    }))

  test('behavior: the bundle, where there are no sources', () =>
    inTempFolder(async (folder) => {
      await layOut(folder, 2000)
      await rm(join(folder, 'src'), { recursive: true })
      assert.equal(await started(folder), 'bundle')
    }))
})
