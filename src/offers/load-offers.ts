import type { Desired } from '../plan/desired.ts'
import { needsHostAddress } from './compile-offer.ts'
import type { CompileOptions, CompileResult } from './compile-offers.ts'
import { compileOffers } from './compile-offers.ts'
import { parseSources } from './parse-sources.ts'
import type { Problem } from './problem.ts'
import { compareProblems } from './problem.ts'
import type { ReadOptions } from './read-sources.ts'
import { readSources } from './read-sources.ts'
import type { SourceFile } from './source.ts'
import { type ValidDocument, validateDocuments } from './validate-documents.ts'

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
  const parsed = parseAndValidate(files)
  const hostAddress = parsed.valid.some(needsHostAddress) ? await options.hostAddress?.() : undefined
  const { desired, problems } = compileParsed(parsed, { ...options, hostAddress })
  return { desired, problems: [...unread, ...problems].sort(compareProblems), files }
}

type TextOptions = Pick<CompileOptions, 'workspaceId' | 'confirmations'> & { readonly hostAddress?: string | undefined }

/** The same of files that are at hand. Pure. */
export function loadTexts(files: readonly SourceFile[], options: TextOptions): LoadResult {
  const { desired, problems } = compileParsed(parseAndValidate(files), options)
  return { desired, problems: [...problems].sort(compareProblems), files }
}

type Parsed = { readonly valid: readonly ValidDocument[]; readonly problems: readonly Problem[] }

function parseAndValidate(files: readonly SourceFile[]): Parsed {
  const { documents, problems } = parseSources(files)
  const validated = validateDocuments(documents)
  return { valid: validated.documents, problems: [...problems, ...validated.problems] }
}

function compileParsed({ valid, problems }: Parsed, options: TextOptions): CompileResult {
  const { workspaceId, confirmations, hostAddress } = options
  const compiled = compileOffers(valid, {
    workspaceId,
    ...(confirmations === undefined ? {} : { confirmations }),
    ...(hostAddress === undefined ? {} : { hostAddress }),
  })
  return { desired: compiled.desired, problems: [...problems, ...compiled.problems] }
}
