import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ObolError } from '../../errors/obol-error.ts'
import { USAGE_ERRORS } from '../../errors/usage.ts'
import { WORKSPACE_ERRORS } from '../../errors/workspace.ts'
import { initWorkspace, type NewFile, newWorkspaceId, WORKSPACE_PATHS } from '../../offers/init-workspace.ts'
import type { Context } from '../context.ts'
import { displayPath } from '../display-path.ts'
import type { CommonFlags } from '../flags.ts'
import { workspaceFolder } from '../workspace-folder.ts'

/**
 * `obol init [DIR]`: makes a workspace. The files written go to stdout, what to do next to stderr.
 * SIDE EFFECTS: creates folders and files; never overwrites one.
 */
export async function init(this: Context, flags: CommonFlags, dir?: string): Promise<void> {
  const folder = dir === undefined ? workspaceFolder(undefined, this) : resolve(this.cwd, dir)
  const existing = WORKSPACE_PATHS.filter((path) => existsSync(join(folder, path)))
  const result = initWorkspace({ name: workspaceName(folder), id: newWorkspaceId(), existing })
  if (result.result === 'refused') {
    throw new ObolError(WORKSPACE_ERRORS.WORKSPACE_EXISTS, {
      where: { file: displayPath(folder, this) },
      details: result.existing,
    })
  }
  for (const file of result.files) await writeNew(folder, file)
  const written = result.files.map(({ path }) => displayPath(join(folder, path), this))
  if (flags.json === true) {
    this.stdout.write(`${JSON.stringify({ formatVersion: 1, workspace: folder, written }, undefined, 2)}\n`)
    return
  }
  for (const path of written) this.stdout.write(`${path}\n`)
  this.stderr.write(`\nNext:\n${nextSteps(folder, this)}`)
}

async function writeNew(folder: string, { path, text }: NewFile): Promise<void> {
  const file = join(folder, path)
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text, { flag: 'wx' })
  } catch (error) {
    const message = `${path} could not be written`
    throw new ObolError(USAGE_ERRORS.NOT_WRITABLE, {
      message,
      where: { file },
      details: [error instanceof Error ? error.message : String(error)],
      cause: error,
    })
  }
}

function nextSteps(folder: string, context: Context): string {
  const { cyan } = context.stderr.style
  // Commands find the default workspace, and the one they are called in, by themselves.
  const isFound = workspaceFolder(undefined, context) === folder
  const flag = isFound ? '' : ` --workspace ${displayPath(folder, context)}`
  return [
    `  ${cyan(`edit ${displayPath(join(folder, 'offers/example.yaml'), context)}`)}   what you sell, and the wallet it pays`,
    `  ${cyan(`obol validate${flag}`)}`,
    `  ${cyan(`obol plan${flag}`)}`,
    '',
  ].join('\n')
}

/** A name for people, of the folder's own: `~/.workspace` makes `workspace`. */
function workspaceName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
  return name === '' ? 'workspace' : name
}
