import { openRepository } from './open-repository.ts'
import { commitOf } from './resolve-ref.ts'
import type { GitPlace } from './run-git.ts'

/**
 * Full hash of the commit that the work tree around a folder is at; undefined before the first commit. Rejects with
 * OBOL-B002 outside of a repository. SIDE EFFECTS: child processes that read.
 */
export async function headCommit(place: GitPlace): Promise<string | undefined> {
  await openRepository(place)
  return commitOf('HEAD', place)
}
