import apiextensions from '../../schemas/openapi/apiextensions-v1.json' with { type: 'json' }
import core from '../../schemas/openapi/core-v1.json' with { type: 'json' }
import type { JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'

/** The trimmed OpenAPI v3 documents of a real API server (tools/trim-openapi.ts), by group version path. */
export const OPENAPI_DOCUMENTS: ReadonlyMap<string, JsonObject> = new Map([
  ['api/v1', asObject(core)],
  ['apis/apiextensions.k8s.io/v1', asObject(apiextensions)],
])

/** `components.schemas` of all documents together; names do not clash. */
export const OPENAPI_SCHEMAS: JsonObject = Object.assign(
  {},
  ...[...OPENAPI_DOCUMENTS.values()].map((document) => asObject(asObject(document['components'])['schemas'])),
)

/** The component of a built-in kind: `io.k8s.api.core.v1.Service`. */
export function componentName(group: string, version: string, kind: string): string {
  const prefix = group === '' ? 'io.k8s.api.core' : 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions'
  return `${prefix}.${version}.${kind}`
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
