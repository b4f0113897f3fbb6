import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'

const ROOT = join(import.meta.dirname, '..', '..')

/**
 * Copies this repository's files, as they are in the work tree, and what `npm ci` brought, to where a job would have them.
 * SIDE EFFECTS: writes the folder.
 */
export function copyTool(folder: string): void {
  for (const path of filesOf(ROOT)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(ROOT, path), join(folder, path), { preserveTimestamps: true, verbatimSymlinks: true })
  }
  linkPackages(folder)
}

/** Gives a checkout the packages of this one, so that `make` need not fetch them. SIDE EFFECTS: writes node_modules. */
function linkPackages(folder: string): void {
  const [from, to] = [join(ROOT, 'node_modules'), join(folder, 'node_modules')]
  try {
    // Hard links: what removes or replaces a file here leaves ours alone.
    execFileSync('cp', ['-al', from, to], { stdio: 'ignore' })
  } catch {
    rmSync(to, { recursive: true, force: true })
    execFileSync('cp', ['-a', from, to])
  }
  const now = new Date()
  utimesSync(join(to, '.stamp'), now, now)
}

function filesOf(root: string): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', env: { PATH: process.env['PATH'] } })
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
}
