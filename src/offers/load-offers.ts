import type { Desired } from '../plan/desired.ts'
import { needsHostAddress } from './compile-offer.ts'
import type { CompileOptions } from './compile-offers.ts'
import { compileOffers } from './compile-offers.ts'
import { parseSources } from './parse-sources.ts'
import type { Problem } from './problem.ts'
import { compareProblems } from './problem.ts'
import type { ReadOptions } from './read-sources.ts'
import { readSources } from './read-sources.ts'
import type { SourceFile } from './source.ts'
import { validateDocuments } from './validate-documents.ts'

export type LoadOptions = ReadOptions &
  Pick<CompileOptions, 'workspaceId' | 'confirmations'> & {
    /** Asked once, and only when an offer sends requests to this host. */
    readonly hostAddress?: () => Promise<string | undefined>
  }

export type LoadResult = {
  /** What is right in the files; not to be planned while `problems` holds an error. */
  readonly desired: Desired
  /** Sorted by file and position. */
  readonly problems: readonly Problem[]
  /** The files as read, for their hashes. */
  readonly files: readonly SourceFile[]
}

/**
 * Read → parse → validate → compile, with every mistake of every stage reported at once.
 * SIDE EFFECTS: reads the files and folders of `paths`.
 */
export async function loadOffers(paths: readonly string[], options: LoadOptions): Promise<LoadResult> {
  const { files, problems: unread } = await readSources(paths, options)
  const { documents, problems: unparsed } = parseSources(files)
  const { documents: valid, problems: invalid } = validateDocuments(documents)
  const hostAddress = valid.some(needsHostAddress) ? await options.hostAddress?.() : undefined
  const { desired, problems: uncompiled } = compileOffers(valid, {
    workspaceId: options.workspaceId,
    ...(options.confirmations === undefined ? {} : { confirmations: options.confirmations }),
    ...(hostAddress === undefined ? {} : { hostAddress }),
  })
  return { desired, problems: [...unread, ...unparsed, ...invalid, ...uncompiled].sort(compareProblems), files }
}
