import { stringify } from 'yaml'
import { compileOffers } from '../../src/offers/compile-offers.ts'
import { parseSources } from '../../src/offers/parse-sources.ts'
import { validateDocuments } from '../../src/offers/validate-documents.ts'
import type { Desired } from '../../src/plan/desired.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { isJsonArray, isJsonObject, jsonAt } from '../../src/util/json.ts'

const WORKSPACE_ID = 'ws'

export type Compiled =
  | { readonly result: 'compiled'; readonly desired: Desired }
  /** The documents have mistakes: `file:line path message`. */
  | { readonly result: 'refused'; readonly problems: readonly string[] }

/** Writes the documents as YAML and takes them through the same pipeline as the files of a workspace. */
export function compileDocuments(docs: readonly JsonObject[], namespace: string): Compiled {
  const files = docs.map((document, i) => ({
    path: `doc-${i}.yaml`,
    text: stringify(inNamespace(withMirror(document), namespace)),
  }))
  const parsed = parseSources(files)
  const valid = validateDocuments(parsed.documents)
  const { desired, problems } = compileOffers(valid.documents, { workspaceId: WORKSPACE_ID, hostAddress: '10.9.9.9' })
  const errors = [...parsed.problems, ...valid.problems, ...problems].filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return { result: 'compiled', desired }
  return {
    result: 'refused',
    problems: errors.map((error) => `${error.file}:${error.line} ${error.path} ${error.message}`),
  }
}

function inNamespace(document: JsonObject, namespace: string): JsonObject {
  const metadata = isJsonObject(document['metadata']) ? document['metadata'] : {}
  return { ...document, metadata: { ...metadata, namespace } }
}

/** The first of an offer's payments repeats its payment. */
function withMirror(document: JsonObject): JsonObject {
  const { kind, spec } = document
  const payments = jsonAt(spec, ['payments'])
  if (kind !== 'Offer' || !isJsonObject(spec) || !isJsonArray(payments)) return document
  return { ...document, spec: { ...spec, payments: [spec['payment'] ?? null, ...payments] } }
}
