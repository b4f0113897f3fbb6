import { createHash } from 'node:crypto'
import type { JsonObject } from '../../util/json.ts'
import type { Catalogue } from '../catalogue.ts'
import { OPENAPI_DOCUMENTS } from '../openapi-data.ts'
import { customOpenApi } from './custom-openapi.ts'

/** A served OpenAPI v3 document: its text and the hash it is addressed by. */
export type OpenApiDocument = { readonly json: string; readonly hash: string }

export type OpenApi = {
  /** `/openapi/v3`: the URL of each group version's document, with its hash. */
  index(): JsonObject
  /** The document of `api/v1`, `apis/GROUP/VERSION`; undefined when nothing of it is served. */
  document(path: string): OpenApiDocument | undefined
}

/** The OpenAPI documents of what the catalogue serves; each is made when it is first asked for. */
export function createOpenApi(catalogue: Catalogue): OpenApi {
  // Keyed by the schemas themselves: a changed CRD is another object.
  const made = new Map<string, { readonly of: readonly unknown[]; readonly document: OpenApiDocument }>()
  const document = (path: string): OpenApiDocument | undefined => {
    const resources = catalogue.resources().filter((resource) => pathOf(resource) === path)
    if (resources.length === 0) return undefined
    const of = resources.map((resource) => resource.structural)
    const known = made.get(path)
    if (known !== undefined && known.of.length === of.length && known.of.every((item, i) => item === of[i])) {
      return known.document
    }
    const content = OPENAPI_DOCUMENTS.get(path) ?? customOpenApi(resources)
    const json = JSON.stringify(content)
    const hash = createHash('sha512').update(json).digest('hex').toUpperCase()
    made.set(path, { of, document: { json, hash } })
    return { json, hash }
  }
  return {
    document,
    index: () => {
      const paths = [...new Set(catalogue.resources().map(pathOf))].sort()
      const entries = paths.map((path) => {
        const hash = document(path)?.hash ?? ''
        return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const
      })
      return { paths: Object.fromEntries(entries) }
    },
  }
}

function pathOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`
}
