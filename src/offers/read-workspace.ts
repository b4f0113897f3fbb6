import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WORKSPACE_ERRORS } from '../errors/workspace.ts'
import { isEndpointAddress } from '../util/is-endpoint-address.ts'
import { explainSchemaErrors } from './explain-schema-errors.ts'
import type { Finding } from './finding.ts'
import { locateFindings, reportInto } from './finding.ts'
import { createLocator } from './locate.ts'
import { parseSources } from './parse-sources.ts'
import type { Problem } from './problem.ts'
import { hasErrors } from './problem.ts'
import { readSources } from './read-sources.ts'
import type { SourceDocument } from './source.ts'
import { fieldNames, patternMessages, validateWorkspace } from './validate-workspace.gen.js'
import type { Workspace } from './workspace.gen.ts'
import { WORKSPACE_FILE } from './workspace-file.ts'

/** A workspace file with its defaults filled in. */
export type WorkspaceConfig = {
  readonly name: string
  /** Value of the workspace label. */
  readonly id: string
  /** As written; absent when it is to be found. */
  readonly hostAddress?: string
  /** Files and folders, relative to the workspace. */
  readonly offers: readonly string[]
  /** How many objects one apply may delete without approval: the larger of the two. */
  readonly prune: { readonly maxCount: number; readonly maxPercent: number }
  readonly apply: { readonly concurrency: number }
}

export type WorkspaceResult =
  | { readonly result: 'found'; readonly workspace: WorkspaceConfig }
  | { readonly result: 'missing'; readonly file: string }
  | { readonly result: 'invalid'; readonly problems: readonly Problem[] }

/**
 * Reads and checks `obol.yaml` of a workspace folder.
 * SIDE EFFECTS: reads that file.
 */
export async function readWorkspace(folder: string): Promise<WorkspaceResult> {
  const file = join(folder, WORKSPACE_FILE)
  const isMissing = await stat(file).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT' || error.code === 'ENOTDIR',
  )
  if (isMissing) return { result: 'missing', file }
  const { files, problems: unread } = await readSources([WORKSPACE_FILE], { base: folder })
  const { documents, problems: unparsed } = parseSources(files)
  const problems = [...unread, ...unparsed]
  const [document, second] = documents
  if (second !== undefined) problems.push(fileProblem(second, 'only one document is allowed'))
  if (document === undefined) {
    const { code } = WORKSPACE_ERRORS.WORKSPACE_INVALID
    const at = { file: WORKSPACE_FILE, line: 1, column: 1, path: '' }
    const empty: Problem = { severity: 'error', code, ...at, message: 'the file is empty' }
    return { result: 'invalid', problems: hasErrors(problems) ? problems : [empty] }
  }
  const checked = checkWorkspace(document)
  if ('problems' in checked) return { result: 'invalid', problems: [...problems, ...checked.problems] }
  if (hasErrors(problems)) return { result: 'invalid', problems }
  return { result: 'found', workspace: withDefaults(checked.workspace) }
}

function checkWorkspace(document: SourceDocument): { workspace: Workspace } | { problems: readonly Problem[] } {
  const { value } = document
  const findings: Finding[] = []
  const report = reportInto(findings, document)
  if (!validateWorkspace(value)) {
    const tables = { fieldNames, patternMessages }
    explainSchemaErrors(validateWorkspace.errors ?? [], value, tables, report)
    return { problems: locateFindings(findings, createLocator()) }
  }
  const address = value.spec.host?.address
  if (address === undefined || isEndpointAddress(address)) return { workspace: value }
  const message = 'must be an IPv4 or IPv6 address that Pods can reach: not loopback, link-local or multicast'
  report(WORKSPACE_ERRORS.HOST_ADDRESS_INVALID, ['spec', 'host', 'address'], message)
  return { problems: locateFindings(findings, createLocator()) }
}

function withDefaults({ metadata, spec }: Workspace): WorkspaceConfig {
  const { id, host, offers, prune, apply } = spec
  return {
    name: metadata.name,
    id,
    ...(host?.address === undefined ? {} : { hostAddress: host.address }),
    offers: offers ?? ['offers'],
    prune: { maxCount: prune?.maxCount ?? 3, maxPercent: prune?.maxPercent ?? 10 },
    apply: { concurrency: apply?.concurrency ?? 16 },
  }
}

function fileProblem({ origin }: SourceDocument, message: string): Problem {
  const { code } = WORKSPACE_ERRORS.WORKSPACE_INVALID
  return { severity: 'error', code, ...origin, path: '', message }
}
