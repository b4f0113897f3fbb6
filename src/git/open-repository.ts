import { GIT_ERRORS } from '../errors/git.ts'
import { ObolError } from '../errors/obol-error.ts'
import { shellWord } from '../util/shell-word.ts'
import { type GitPlace, runGit } from './run-git.ts'

export type Repository = {
  readonly isShallow: boolean
  /** Path of the folder within the repository, with `/` and without one at the end; empty at its root. */
  readonly prefix: string
}

/**
 * The repository whose work tree holds a folder. Rejects with OBOL-B002 where there is none, with OBOL-B003 where git does
 * not trust it. SIDE EFFECTS: a child process that reads.
 */
export async function openRepository(place: GitPlace): Promise<Repository> {
  const args = ['rev-parse', '--is-inside-work-tree', '--is-shallow-repository', '--show-prefix']
  const { exitCode, stdout, stderr } = await runGit(args, place)
  // The prefix comes last, because it may hold anything.
  const [, inside, isShallow, prefix] = /^(true|false)\n(true|false)\n(.*)\n$/s.exec(stdout.toString('utf8')) ?? []
  if (exitCode === 0 && inside === 'true' && prefix !== undefined) {
    return { isShallow: isShallow === 'true', prefix: prefix.replace(/\/$/, '') }
  }
  if (stderr.includes('safe.directory')) {
    const [, folder] = /safe\.directory (.+)$/m.exec(stderr) ?? []
    const hint = folder === undefined ? {} : { hint: `git config --global --add safe.directory ${unquoted(folder)}` }
    throw new ObolError(GIT_ERRORS.NOT_TRUSTED, hint)
  }
  throw new ObolError(GIT_ERRORS.NOT_A_REPOSITORY, { where: { file: place.folder } })
}

/** git quotes the folder for a shell where it must. */
function unquoted(folder: string): string {
  return folder.startsWith("'") ? folder : shellWord(folder)
}
