import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { tempFolder } from '../support/temp-folder.ts'

/** A git repository of its own, without the user's configuration. */
export type TestRepository = {
  readonly folder: string
  /** SIDE EFFECTS: runs git in the repository; returns its output, trimmed. */
  git(...args: readonly string[]): string
  /** SIDE EFFECTS: writes files (undefined: removes one) and commits all; returns the commit's hash. */
  commit(files?: Readonly<Record<string, string | undefined>>): string
  /** SIDE EFFECTS: makes a link. */
  link(path: string, target: string): void
}

/** The environment in which tests run git: nobody's configuration, a fixed author and clock. */
export const GIT_ENV: Readonly<Record<string, string | undefined>> = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.org',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.org',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
}

/** A repository on branch `main` in a temporary folder, or in the one that is given. */
export function openTestRepository(t: TestContext, folder = tempFolder(t)): TestRepository {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: folder, env: GIT_ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  git('init', '--quiet', '--initial-branch=main')
  return {
    folder,
    git,
    commit: (files = {}) => {
      for (const [path, text] of Object.entries(files)) {
        const file = join(folder, path)
        mkdirSync(dirname(file), { recursive: true })
        if (text === undefined) rmSync(file)
        else writeFileSync(file, text)
      }
      git('add', '--all')
      git('commit', '--quiet', '--allow-empty', '--message', 'a change')
      return git('rev-parse', 'HEAD')
    },
    link: (path, target) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      symlinkSync(target, join(folder, path))
    },
  }
}

/** Path → text of every file below a folder, through links; the folder's own `.git` left out. */
export function filesIn(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(folder)) return {}
  const paths = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === '.git') return []
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) return [[entry.name, readFileSync(path, 'utf8')] as const]
    return Object.entries(filesIn(path)).map(([name, text]) => [`${entry.name}/${name}`, text] as const)
  })
  return Object.fromEntries(paths)
}
