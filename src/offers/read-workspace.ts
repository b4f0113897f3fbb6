import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WORKSPACE_ERRORS } from '../errors/workspace.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject, jsonAt } from '../util/json.ts'
import { createChecksumTest } from './check-address.ts'
import { checkWorkspace } from './check-workspace.ts'
import { explainSchemaErrors } from './explain-schema-errors.ts'
import type { Finding } from './finding.ts'
import { locateFindings, reportInto } from './finding.ts'
import { formatPath } from './format-path.ts'
import { createLocator } from './locate.ts'
import { parseSources } from './parse-sources.ts'
import type { Problem } from './problem.ts'
import { hasErrors } from './problem.ts'
import { readSources } from './read-sources.ts'
import type { SourceDocument } from './source.ts'
import { fieldNames, patternMessages, validateWorkspace } from './validate-workspace.gen.js'
import type { Workspace, WorkspaceChain } from './workspace.gen.ts'
import type { WorkspaceConfig } from './workspace-config.ts'
import { configOf } from './workspace-config.ts'
import { WORKSPACE_FILE } from './workspace-file.ts'

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
  const checked = validate(document)
  if ('problems' in checked) return { result: 'invalid', problems: [...problems, ...checked.problems] }
  if (hasErrors(problems)) return { result: 'invalid', problems }
  return { result: 'found', workspace: configOf(checked.workspace) }
}

function validate(document: SourceDocument): { workspace: Workspace } | { problems: readonly Problem[] } {
  const { value } = document
  const findings: Finding[] = []
  checkWorkspace(value, createChecksumTest(), reportInto(findings, document))
  if (validateWorkspace(value)) {
    if (findings.length === 0) return { workspace: value }
  } else {
    // Where a rule has spoken, the schema has nothing to add.
    const spoken = new Set(findings.map(({ path }) => formatPath(path)))
    const fromSchema: Finding[] = []
    const tables = { fieldNames: { ...fieldNames, ...chainFields(value) }, patternMessages }
    explainSchemaErrors(validateWorkspace.errors ?? [], value, tables, reportInto(fromSchema, document))
    findings.push(...fromSchema.filter(({ path }) => !spoken.has(formatPath(path))).map(withoutSecret))
  }
  return { problems: locateFindings(findings, createLocator()) }
}

/** The chains are named by the author, so the generated table has no place for their fields. */
function chainFields(value: JsonObject): Readonly<Record<string, readonly string[]>> {
  const chains = jsonAt(value, ['spec', 'chains'])
  const names = isJsonObject(chains) ? Object.keys(chains) : []
  return Object.fromEntries(names.map((name) => [`/spec/chains/${name}`, CHAIN_FIELDS]))
}

const CHAIN_FIELDS = ['rpc', 'confirmations', 'agentId'] as const satisfies readonly (keyof WorkspaceChain)[]

/** A hint may repeat a number that should have been a string; here it may be a key. */
function withoutSecret(finding: Finding): Finding {
  if (!SECRET_FIELDS.has(String(finding.path.at(-1)))) return finding
  const { hint: _, ...rest } = finding
  return rest
}

const SECRET_FIELDS: ReadonlySet<string> = new Set(['rpc', 'url', 'baseUrl', 'keyFile', 'passwordFile', 'tokenFile'])

function fileProblem({ origin }: SourceDocument, message: string): Problem {
  const { code } = WORKSPACE_ERRORS.WORKSPACE_INVALID
  return { severity: 'error', code, ...origin, path: '', message }
}
