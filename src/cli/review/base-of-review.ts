import { openRepository } from '../../git/open-repository.ts'
import { commitOf, resolveRef } from '../../git/resolve-ref.ts'
import type { GitPlace } from '../../git/run-git.ts'
import type { PullRequest } from './find-pull-request.ts'

/**
 * Full hash of what the checked-out files are to be compared with, so that nothing but the pull request differs. Hosts check
 * out a merge of its head into the target branch as it is by now: then the target's side of the merge; else where head and
 * target parted. The base that the event names may be older than both. Rejects with an error of `GIT_ERRORS`.
 * SIDE EFFECTS: child processes that read.
 */
export async function baseOfReview(
  { head, base }: Pick<PullRequest, 'head' | 'base'>,
  place: GitPlace,
): Promise<string> {
  const repository = await openRepository(place)
  const merged = await commitOf('HEAD^2', place)
  const target = merged === head ? await commitOf('HEAD^1', place) : undefined
  return target ?? resolveRef(`${base}...`, repository, place)
}
