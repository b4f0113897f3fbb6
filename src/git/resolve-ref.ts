import { GIT_ERRORS } from '../errors/git.ts'
import { ObolError } from '../errors/obol-error.ts'
import { printable } from '../util/printable.ts'
import { shellWord } from '../util/shell-word.ts'
import type { Repository } from './open-repository.ts'
import { failed, type GitOutput, type GitPlace, runGit } from './run-git.ts'

/**
 * The full hash of the commit that a REF means: a branch, a tag or a hash; with three dots behind it (`origin/main...`,
 * `origin/main...HEAD`) the merge base with HEAD, as hosts of pull requests compare. Rejects with OBOL-B004, B005 where
 * the clone is shallow, B006, or B007. SIDE EFFECTS: child processes that read.
 */
export async function resolveRef(ref: string, repository: Repository, place: GitPlace): Promise<string> {
  const [, branch, dots] = /^(.*?)(\.\.\.(?:HEAD)?)?$/s.exec(ref) ?? []
  if (branch === undefined || branch === '' || branch.startsWith('-') || /[\t\n]/.test(ref) || printable(ref) !== ref) {
    throw new ObolError(GIT_ERRORS.BAD_REF, { message: `this cannot be a base: ${shellWord(printable(ref))}` })
  }
  const commit = await commitOf(branch, place)
  if (commit === undefined) throw await unknownRef(branch, repository, place)
  return dots === undefined ? commit : mergeBase(ref, commit, repository, place)
}

/** The commit of HEAD; undefined before the first commit. SIDE EFFECTS: a child process that reads. */
export async function commitOf(ref: string, place: GitPlace): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
  const { exitCode, stdout } = await runGit(args, place)
  const hash = stdout.toString('utf8').trim()
  return exitCode === 0 && /^[0-9a-f]{40,64}$/.test(hash) ? hash : undefined
}

async function unknownRef(ref: string, { isShallow }: Repository, place: GitPlace): Promise<ObolError> {
  const message = `${ref} is no commit of this repository`
  const remote = await commitOf(`refs/remotes/origin/${ref}`, place)
  if (remote !== undefined) {
    const hint = `obol plan --base ${shellWord(`origin/${ref}`)}`
    return new ObolError(GIT_ERRORS.UNKNOWN_REF, { message, hint })
  }
  if (!isShallow) return new ObolError(GIT_ERRORS.UNKNOWN_REF, { message, ...fetchHint(ref) })
  return shallow(`${ref} is not in this clone, which is shallow`, fetchHint(ref).hint)
}

/** A branch of a remote is fetched by its own name; nothing is known of any other word. */
function fetchHint(ref: string): { readonly hint?: string } {
  const [, remote, branch] = /^(origin|upstream)\/(.+)$/.exec(ref) ?? []
  if (remote === undefined || branch === undefined) return {}
  const refspec = `+refs/heads/${branch}:refs/remotes/${remote}/${branch}`
  return { hint: `git fetch ${remote} ${shellWord(refspec)}` }
}

async function mergeBase(ref: string, commit: string, { isShallow }: Repository, place: GitPlace): Promise<string> {
  const head = await commitOf('HEAD', place)
  if (head === undefined) throw new ObolError(GIT_ERRORS.NO_MERGE_BASE, { message: 'HEAD has no commit yet' })
  const { exitCode, stdout, stderr }: GitOutput = await runGit(['merge-base', commit, head], place)
  if (exitCode === 0) return stdout.toString('utf8').trim()
  if (exitCode !== 1) throw failed('git merge-base failed', stderr)
  const branch = ref.replace(/\.\.\.(HEAD)?$/, '')
  if (isShallow) throw shallow(`the clone is shallow: it does not reach where HEAD and ${branch} parted`)
  throw new ObolError(GIT_ERRORS.NO_MERGE_BASE, { message: `${branch} and HEAD have no commit in common` })
}

function shallow(message: string, hint = 'git fetch --deepen=100'): ObolError {
  const details = ['in CI: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 for GitLab']
  return new ObolError(GIT_ERRORS.SHALLOW, { message, details, hint })
}
