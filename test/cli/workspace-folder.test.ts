import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { displayPath } from '../../src/cli/display-path.ts'
import { workspaceFolder } from '../../src/cli/workspace-folder.ts'
import { WORKSPACE_FILE } from '../../src/offers/workspace-file.ts'

test('default: ~/.workspace', () => {
  assert.equal(workspaceFolder(undefined, { env: {}, cwd: '/nowhere', home: '/home/me' }), '/home/me/.workspace')
})

test('behavior: flag before OBOL_WORKSPACE before obol.yaml above the current folder', (t) => {
  const top = mkdtempSync(join(tmpdir(), 'obol-workspace-'))
  t.after(() => rmSync(top, { recursive: true, force: true }))
  const cwd = join(top, 'a/b')
  mkdirSync(cwd, { recursive: true })
  writeFileSync(join(top, WORKSPACE_FILE), '')
  const at = (env: Record<string, string>) => ({ env, cwd, home: '/home/me' })
  assert.equal(workspaceFolder(undefined, at({})), top)
  assert.equal(workspaceFolder(undefined, at({ OBOL_WORKSPACE: '' })), top)
  assert.equal(workspaceFolder(undefined, at({ OBOL_WORKSPACE: 'w' })), join(cwd, 'w'))
  assert.equal(workspaceFolder('../f', at({ OBOL_WORKSPACE: 'w' })), join(top, 'a/f'))
})

test('default: displayPath', () => {
  const at = { cwd: '/home/me/w', home: '/home/me' }
  const shown = ['/home/me/w', '/home/me/w/offers', '/home/me/x', '/home/me', '/etc/x', '/home/me/..x'].map((path) =>
    displayPath(path, at),
  )
  assert.deepEqual(shown, ['.', 'offers', '~/x', '/home/me', '/etc/x', '~/..x'])
})
